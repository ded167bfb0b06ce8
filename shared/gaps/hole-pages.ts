import { blockIndex } from '../tracking/block.ts';
import { idsWithEntryIn, type Outlines } from './block-outline.ts';
import type { Range } from './range.ts';

/** Some of the holes of a range. */
export interface HolePage {
  /** Ascending. */
  readonly holes: readonly Range[];
  /** All holes up to this id are in this page or in an earlier one. */
  readonly upTo: number;
}

/** The bounds of a page. */
export interface HolePageSize {
  readonly maxHoles: number;
  /** The number of scanned ids, missing or not. */
  readonly maxIds: number;
}

/**
 * Finds the holes of a range of ids, page by page. Blocks are read when the next page is requested. A hole is never
 * split: if its end is not known yet, it goes to the next page. When the time is over, a page ends with the block that
 * was read last.
 *
 *     ids       1 · · 4 · 6 · 8        two holes a page
 *     pages     2–3, 5 up to 5         7 up to 8
 */
export async function* holePages(
  blocks: Outlines,
  stream: string,
  { from, to }: Range,
  { maxHoles, maxIds }: HolePageSize,
  isTimeOver: () => boolean = () => false,
): AsyncGenerator<HolePage, void, undefined> {
  let holes: Range[] = [];
  /** The lowest id that was not scanned, and the lowest id that no page has reported. */
  let [next, unreported] = [from, from];
  for await (const outline of blocks.outlines(stream, blockIndex(from), blockIndex(to))) {
    for (const id of idsWithEntryIn(outline)) {
      if (id < from || id > to) continue;
      if (id > next) holes.push({ from: next, to: id - 1 });
      next = id + 1;
    }
    for (; holes.length >= maxHoles; holes = holes.slice(maxHoles)) {
      const page = holes.slice(0, maxHoles);
      const upTo = page.at(-1)?.to ?? to;
      yield { holes: page, upTo };
      unreported = upTo + 1;
    }
    if (next === unreported || (next - unreported < maxIds && !isTimeOver())) continue;
    yield { holes, upTo: next - 1 };
    [holes, unreported] = [[], next];
  }
  if (next <= to) holes.push({ from: next, to });
  yield { holes, upTo: to };
}
