import type { BlockStore } from '../ports.ts';
import { firstId, type Block } from '../tracking/block.ts';
import { isVoided, type Entry } from '../tracking/entry.ts';
import { blockRanges } from './range-coverage.ts';
import type { Range } from './range.ts';
import { surroundingsOf } from './id-window.ts';

/**
 * Loads the ids of the events around some gaps, and in them. Voids and inferred events are no events of a producer.
 *
 * @param gaps Ascending by their first id.
 * @returns Ascending. Each block is read once.
 */
export async function loadEventsAround(
  blocks: Pick<BlockStore, 'scan'>,
  stream: string,
  gaps: readonly Range[],
): Promise<readonly number[]> {
  const events: number[] = [];
  for (const { from, to } of blockRanges(gaps.map(surroundingsOf)))
    for await (const block of blocks.scan(stream, from, to)) events.push(...eventIdsOf(block));
  return events;
}

/** Returns the ids of the events in a block, ascending. */
export function eventIdsOf({ index, cells }: Block): readonly number[] {
  return cells.flatMap((cell, place) => (cell.some(isEvent) ? [firstId(index) + place] : []));
}

function isEvent(entry: Entry): boolean {
  return entry.state !== 'reconstructed' && !isVoided(entry);
}
