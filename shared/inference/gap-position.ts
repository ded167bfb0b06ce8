import type { Sequence } from './sequence.ts';

/**
 * The position in a sequence at which an event is missing, or is held out to learn from it.
 *
 *     events   . . before ? ? ? after . . . | beyond
 *                          ↑                end
 */
export interface GapPosition {
  /** The last event known before it; −1 where there is none. */
  readonly before: number;
  /** The first event known after it; `end` where there is none. */
  readonly after: number;
  /** Events from here on are not looked at. */
  readonly end: number;
  /** When it happened, as far as its neighbours tell, in milliseconds since 1970. */
  readonly instantMs: number;
}

/** What is known around a missing event. A model learns from events that were held out in the same shape. */
export interface GapShape {
  /** How far away the known event before it is, in events, at the least: 1 where it is the next. */
  readonly before: number;
  readonly after: number;
  /** How many events are known after it. */
  readonly horizon: number;
}

/** The least distance of each bucket, in events. A bucket ends where the next begins; the last of them, 256, is four times as wide. */
const distances = [256, 64, 16, 4, 3, 2, 1];
const farFrom = 4;
const widening = 4;
/** So many later events are as good as all. */
const wholeHorizon = 1_024;
/** Multiples of these are spread evenly over a square. */
const spread = { before: 0.7548776662466927, after: 0.5698402909980532 };

/**
 * The shape of a missing event.
 *
 * @param nth Which of the missing events between two known ones it is, from 1.
 * @param count How many are missing there.
 * @param later How many events are known after it.
 */
export function shapeOf(nth: number, count: number, later: number): GapShape {
  return {
    before: bucketOf(nth),
    after: bucketOf(count + 1 - nth),
    horizon: later >= wholeHorizon ? Number.POSITIVE_INFINITY : later < 1 ? 0 : 4 ** Math.floor(Math.log2(later) / 2),
  };
}

/** The position of a known event, if it and others were missing like that; undefined where it has no such surroundings. */
export function positionWithout(sequence: Sequence, at: number, shape: GapShape): GapPosition | undefined {
  const before = at - distanceLike(shape.before, at * spread.before, sequence);
  const after = at + distanceLike(shape.after, at * spread.after, sequence);
  if (before < 0 || after >= sequence.length) return undefined;
  // Where something is missing there already, more may be missing than the shape says.
  const [back, ahead] = [sequence.distance(before, at), sequence.distance(at, after)];
  if (bucketOf(back) > shape.before || bucketOf(ahead) > shape.after) return undefined;
  return positionBetween(sequence, before, after, shape, back / (back + ahead));
}

function bucketOf(distance: number): number {
  return distances.find((least) => least <= distance) ?? 1;
}

/** The first distance beyond a bucket; of a bucket of one distance, that distance. @param least The least distance of the bucket. */
export function farthestLike(least: number): number {
  return least < farFrom ? least : widening * least;
}

/** A distance of a bucket. Near ones are as frequent as far ones. @param chance Its fraction decides. */
function distanceLike(least: number, chance: number, { length }: Sequence): number {
  if (least < farFrom) return least;
  // In a short sequence little has so much around it.
  return Math.min(Math.floor(least * widening ** (chance % 1)), Math.max(farFrom, length >> 2));
}

/** The position between two events. @param share How far it is from the one to the other, 0 to 1. */
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

/** The nearest event of the entity before one that is neither missing nor held out. */
export function earlierAt(sequence: Sequence, { before, after }: GapPosition, at: number): number {
  let earlier = sequence.earlierOfEntity(at);
  while (earlier > before && earlier < after) earlier = sequence.earlierOfEntity(earlier);
  return earlier;
}

/** The nearest event of the entity after one that is neither missing, nor held out, nor beyond the end. */
export function laterAt(sequence: Sequence, { before, after, end }: GapPosition, at: number): number {
  let later = sequence.laterOfEntity(at);
  while (later > before && later < after) later = sequence.laterOfEntity(later);
  return later < end ? later : -1;
}
