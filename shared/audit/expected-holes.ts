import { outlinesIn } from '../gaps/block-outline.ts';
import { holePages } from '../gaps/hole-pages.ts';
import { loadEventsAround } from '../gaps/load-events.ts';
import type { Range } from '../gaps/range.ts';
import type { NumberedSettings } from '../gaps/reset.ts';
import { expectedIn } from '../gaps/surroundings.ts';
import type { BlockStore } from '../ports.ts';

/** Ids without an entry. */
export interface ExpectedHole extends Range {
  /** The lowest and the highest id in it that is expected. Undefined if none is. */
  readonly expected: Range | undefined;
}

const pageSize = { maxHoles: 2_000, maxIds: 2 ** 20 };

/** Yields the holes of a range, ascending. Its blocks are read one by one. */
export async function* expectedHoles(
  blocks: Pick<BlockStore, 'scan'>,
  stream: string,
  range: Range,
  settings: NumberedSettings,
): AsyncGenerator<ExpectedHole, void, undefined> {
  if (range.to < range.from) return;
  const outlines = outlinesIn(blocks);
  for await (const { holes } of holePages(outlines, stream, range, pageSize)) {
    const events = await loadEventsAround(outlines, stream, holes);
    for (const hole of holes) yield { ...hole, expected: expectedIn(hole, events, settings) };
  }
}
