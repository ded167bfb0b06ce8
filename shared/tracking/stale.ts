import { isForgettablePiece } from '../gaps/forget.ts';
import type { Progress } from '../gaps/progress.ts';
import { intersection, overlap, type Range } from '../gaps/range.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import type { StreamSettings } from '../stream-settings.ts';
import { blockIndex } from './block.ts';
import type { MessageIds } from './jump.ts';

/**
 * Whether a message may be a copy of one that came a deduplication window ago. An event that is younger than a window
 * came in that time, so its block is still stored. The age of a message without a timestamp, such as a void, is not
 * known.
 */
export function isOldMessage(
  { instantMs }: Pick<RoutingAttributes, 'instantMs'>,
  nowMs: number,
  { windowMs }: Pick<StreamSettings, 'windowMs'>,
): boolean {
  return instantMs === undefined || instantMs < nowMs - windowMs;
}

/**
 * Returns the ids of a message that may have come and be forgotten, if their blocks are gone:
 *
 * - the ids that a sweep has forgotten, and those that the next sweep would forget;
 * - all ids, if the stream was not swept for a window: then the document does not say what came.
 *
 * If the stream was never swept, nothing came a window ago.
 */
export function forgettableIds(
  { eventId, lastId }: MessageIds,
  progress: Progress | undefined,
  nowMs: number,
  { windowMs }: Pick<StreamSettings, 'windowMs'>,
): readonly Range[] {
  const ids = { from: eventId, to: lastId };
  if (!progress) return [];
  const { pieces, forgotten, dropped = [], sweptAtMs } = progress;
  if (sweptAtMs !== undefined && sweptAtMs < nowMs - windowMs) return [ids];
  const old = [...pieces, ...dropped].filter((piece) => isForgettablePiece(piece, nowMs, windowMs));
  return [...forgotten, ...old].filter((range) => overlap(range, ids)).map((range) => intersection(range, ids));
}

/** Returns the indexes of the blocks that contain ids of some ranges, ascending. */
export function blockIndexesOf(ranges: readonly Range[]): readonly number[] {
  const indexes = ranges.flatMap(({ from, to }) => {
    const first = blockIndex(from);
    return Array.from({ length: blockIndex(to) - first + 1 }, (_, i) => first + i);
  });
  return [...new Set(indexes)].sort((a, b) => a - b);
}
