import type { Sequence } from './sequence.ts';

/**
 * Where in a sequence an event is missing, or is thought away to learn from it.
 *
 *     events   . . before ? ? ? after . . . | beyond
 *                          ↑                end
 */
export interface Place {
  /** The last event known before it; −1 where there is none. */
  readonly before: number;
  /** The first event known after it; `end` where there is none. */
  readonly after: number;
  /** Events from here on are not looked at. */
  readonly end: number;
  /** When it happened, as far as its neighbours tell, in milliseconds since 1970. */
  readonly instantMs: number;
}

/** What a missing event's surroundings have in common with others': statistics are those of events that lack the same. */
export interface Shape {
  /** How far away the known event before it is, in events, at the least: 1 where it is the next. */
  readonly before: number;
  readonly after: number;
  /** How many events are known after it. */
  readonly horizon: number;
}

/** Distances that are told apart, in events: each stands for those up to the next, from `farFrom` on for four times as many. */
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
 * @param position Which of the missing events between two known ones it is, from 1.
 * @param count How many are missing there.
 * @param later How many events are known after it.
 */
export function shapeOf(position: number, count: number, later: number): Shape {
  return {
    before: toldApart(position),
    after: toldApart(count + 1 - position),
    horizon: later >= wholeHorizon ? Number.POSITIVE_INFINITY : later < 1 ? 0 : 4 ** Math.floor(Math.log2(later) / 2),
  };
}

/** The place of a known event, if it and others were missing like that; undefined where it has no such surroundings. */
export function placeWithout(sequence: Sequence, at: number, shape: Shape): Place | undefined {
  const before = at - distanceLike(shape.before, at * spread.before, sequence);
  const after = at + distanceLike(shape.after, at * spread.after, sequence);
  if (before < 0 || after >= sequence.length) return undefined;
  // Where something is missing there already, more may be missing than the shape says.
  const [back, ahead] = [sequence.distance(before, at), sequence.distance(at, after)];
  if (toldApart(back) > shape.before || toldApart(ahead) > shape.after) return undefined;
  return placeBetween(sequence, before, after, shape, back / (back + ahead));
}

function toldApart(distance: number): number {
  return distances.find((least) => least <= distance) ?? 1;
}

/** What the distances that are not told apart from one stay below, or that one itself. */
export function farthestLike(least: number): number {
  return least < farFrom ? least : widening * least;
}

/** One of the distances that are not told apart: near ones are as frequent as far ones. @param chance Its fraction decides. */
function distanceLike(least: number, chance: number, { length }: Sequence): number {
  if (least < farFrom) return least;
  // In a short sequence little has so much around it.
  return Math.min(Math.floor(least * widening ** (chance % 1)), Math.max(farFrom, length >> 2));
}

/** The place between two events. @param share How far it is from the one to the other, 0 to 1. */
export function placeBetween(
  sequence: Sequence,
  before: number,
  after: number,
  { horizon }: Pick<Shape, 'horizon'>,
  share: number,
): Place {
  const end = Math.min(sequence.length, after + horizon);
  const from = before < 0 ? sequence.instantMs(after) : sequence.instantMs(before);
  const to = after >= end ? from : sequence.instantMs(after);
  return { before, after, end, instantMs: from + (to - from) * share };
}

/** The nearest event of the entity before one that is neither missing nor thought away. */
export function earlierAt(sequence: Sequence, { before, after }: Place, at: number): number {
  let earlier = sequence.earlierOfEntity(at);
  while (earlier > before && earlier < after) earlier = sequence.earlierOfEntity(earlier);
  return earlier;
}

/** The nearest event of the entity after one that is neither missing, nor thought away, nor beyond the end. */
export function laterAt(sequence: Sequence, { before, after, end }: Place, at: number): number {
  let later = sequence.laterOfEntity(at);
  while (later > before && later < after) later = sequence.laterOfEntity(later);
  return later < end ? later : -1;
}
