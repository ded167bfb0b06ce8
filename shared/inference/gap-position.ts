import type { Sequence } from './sequence.ts';

/**
 * The position in a sequence at which an event is missing, or is held out for learning.
 *
 *     events   . . before ? ? ? after . . . | beyond
 *                          ↑                end
 */
export interface GapPosition {
  /** The last known event before the position, or −1. */
  readonly before: number;
  /** The first known event after the position, or `end`. */
  readonly after: number;
  /** Events from here on are ignored. */
  readonly end: number;
  /** The time of the missing event, estimated from its neighbours, in milliseconds since 1970. */
  readonly instantMs: number;
}

/** The known surroundings of a missing event. A model learns from events that are held out in the same shape. */
export interface GapShape {
  /** The minimum distance to the known event before it, in events: 1 if they are adjacent. */
  readonly before: number;
  readonly after: number;
  /** The number of known events after it. */
  readonly horizon: number;
}

/**
 * The minimum distance of each bucket, in events. A bucket ends where the next begins. The last one, 256, ends at four
 * times its minimum.
 */
const distances = [256, 64, 16, 4, 3, 2, 1];
const farFrom = 4;
const widening = 4;
/** With this number of later events or more, the horizon counts as infinite. */
const wholeHorizon = 1_024;
/** The multiples of these two numbers, modulo 1, are spread evenly over the unit square. */
const spread = { before: 0.7548776662466927, after: 0.5698402909980532 };

/**
 * Returns the shape of a missing event.
 *
 * @param nth The position of the event among the missing ones between two known events, from 1.
 * @param count The number of missing events there.
 * @param later The number of known events after it.
 */
export function shapeOf(nth: number, count: number, later: number): GapShape {
  return {
    before: bucketOf(nth),
    after: bucketOf(count + 1 - nth),
    horizon: later >= wholeHorizon ? Number.POSITIVE_INFINITY : later < 1 ? 0 : 4 ** Math.floor(Math.log2(later) / 2),
  };
}

/**
 * Returns the position that results if a known event and its surroundings are held out in a shape. Undefined if the
 * sequence is too short for that.
 */
export function positionWithout(sequence: Sequence, at: number, shape: GapShape): GapPosition | undefined {
  const before = at - distanceLike(shape.before, at * spread.before, sequence);
  const after = at + distanceLike(shape.after, at * spread.after, sequence);
  if (before < 0 || after >= sequence.length) return undefined;
  // If events are missing there already, the distances may be greater than those of the shape.
  const [back, ahead] = [sequence.distance(before, at), sequence.distance(at, after)];
  if (bucketOf(back) > shape.before || bucketOf(ahead) > shape.after) return undefined;
  return positionBetween(sequence, before, after, shape, back / (back + ahead));
}

function bucketOf(distance: number): number {
  return distances.find((least) => least <= distance) ?? 1;
}

/**
 * Returns the first distance beyond a bucket. For a bucket of one distance, it returns that distance. @param least The
 * minimum distance of the bucket.
 */
export function farthestLike(least: number): number {
  return least < farFrom ? least : widening * least;
}

/** Draws a distance from a bucket, uniformly on a logarithmic scale. @param chance Its fraction decides. */
function distanceLike(least: number, chance: number, { length }: Sequence): number {
  if (least < farFrom) return least;
  // In a short sequence, few events have so many known events around them.
  return Math.min(Math.floor(least * widening ** (chance % 1)), Math.max(farFrom, length >> 2));
}

/**
 * Returns the position between two events. @param share Its distance from the first, as a share of the distance between
 * them.
 */
export function positionBetween(
  sequence: Sequence,
  before: number,
  after: number,
  { horizon }: Pick<GapShape, 'horizon'>,
  share: number,
): GapPosition {
  const end = Math.min(sequence.length, after + horizon);
  const from = before < 0 ? sequence.instantMs(after) : sequence.instantMs(before);
  const to = after >= end ? from : sequence.instantMs(after);
  return { before, after, end, instantMs: from + (to - from) * share };
}

/** Returns the nearest earlier event of the same entity that is neither missing nor held out. */
export function earlierAt(sequence: Sequence, { before, after }: GapPosition, at: number): number {
  let earlier = sequence.earlierOfEntity(at);
  while (earlier > before && earlier < after) earlier = sequence.earlierOfEntity(earlier);
  return earlier;
}

/** Returns the nearest later event of the same entity that is neither missing, nor held out, nor beyond the end. */
export function laterAt(sequence: Sequence, { before, after, end }: GapPosition, at: number): number {
  let later = sequence.laterOfEntity(at);
  while (later > before && later < after) later = sequence.laterOfEntity(later);
  return later < end ? later : -1;
}
