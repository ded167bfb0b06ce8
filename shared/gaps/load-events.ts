import { eventIdsIn, type Outlines } from './block-outline.ts';
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
  blocks: Outlines,
  stream: string,
  gaps: readonly Range[],
): Promise<readonly number[]> {
  const events: number[] = [];
  for (const { from, to } of blockRanges(gaps.map(surroundingsOf)))
    for await (const outline of blocks.outlines(stream, from, to)) events.push(...eventIdsIn(outline));
  return events;
}
