import { stepOf } from '../gaps/expected-ids.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import type { StreamSettings } from '../stream-settings.ts';
import { firstId, type Block } from './block.ts';

/** The ids of a message: one, or the range of a void. */
export type MessageIds = Pick<RoutingAttributes, 'eventId' | 'lastId'>;

export type JumpSettings = Pick<StreamSettings, 'maxJump' | 'numbering' | 'start'>;

/**
 * Whether a message has an id too far above the highest id held at or below it. If nothing is held there, no id is too
 * far. `start` counts as a held id `start - 1`, and lower ids play no part.
 *
 *     held          1 2 3                  900
 *     too far             14 ────── 899        911 ─────►      with a maximum distance of 10
 *
 * @param held Ascending: all held ids from the highest one at or below the first id of the message to its last id. It
 *   may contain lower ids too.
 */
export function isJump({ eventId, lastId }: MessageIds, held: readonly number[], settings: JumpSettings): boolean {
  const { start } = settings;
  const first = Math.max(eventId, start ?? 0);
  const marks = start === undefined ? held : [start - 1, ...held.filter((id) => id >= start)];
  const distance = maxDistance(settings);
  return marks.some((mark, i) => {
    // Up to the next held id, the last id is the farthest.
    const farthest = Math.min(lastId, (marks[i + 1] ?? Number.POSITIVE_INFINITY) - 1);
    return farthest >= first && farthest - mark > distance;
  });
}

/** Whether the setting `start` alone shows that no id of a message is too far away. */
export function isNearStart({ lastId }: MessageIds, settings: JumpSettings): boolean {
  return settings.start !== undefined && lastId < settings.start + maxDistance(settings);
}

/** Whether a held id shows that no id of a message is too far away. */
export function isNearHeld({ eventId, lastId }: MessageIds, held: number, distance: number): boolean {
  return held <= eventId && lastId - held <= distance;
}

/** Returns the maximum distance of an id above the highest id held below it. `maxJump` counts expected ids. */
export function maxDistance(settings: JumpSettings): number {
  return settings.maxJump * stepOf(settings);
}

/** Returns the ids with an entry in some blocks, up to an id, ascending. */
export function heldIdsIn(blocks: readonly Block[], upTo: number): readonly number[] {
  return blocks
    .toSorted((a, b) => a.index - b.index)
    .flatMap(({ index, cells }) => cells.flatMap((cell, i) => (cell.length > 0 ? [firstId(index) + i] : [])))
    .filter((id) => id <= upTo);
}
