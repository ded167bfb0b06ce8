import type { StreamSettings } from '../stream-settings.ts';
import { withDroppedTimes } from './dropped.ts';
import { distanceOver } from './expected-ids.ts';
import { runsOf } from './front.ts';
import { isSameSweep, joinPieces } from './join-pieces.ts';
import type { Piece, Progress } from './progress.ts';
import { contains } from './range-set.ts';
import { sizeOf, type Range } from './range.ts';

/** The maximum number of missing ids between two ids of one group. */
const maxMissingInGroup = 16;

export type CoverSettings = Pick<StreamSettings, 'maxGap' | 'numbering' | 'start' | 'windowMs'>;

/**
 * Covers the numbers between ids that came since the last sweep. Ids with at most 16 missing ids between them are a
 * group. Groups of two or more ids with at most `maxGap` missing ids between them are one front, with everything
 * between them. An id that is alone becomes an outlier.
 *
 *     covered   [1 ─── 4]
 *     held      1 2 3 4 · · 7 8                  900
 *     pieces    [1 ─── 4]                                  as before
 *                       [5 ── 8]                 [900]     new: 5 and 6 are missing, 900 is an outlier
 *
 * @param held The ids with an entry in the blocks that were read, as ascending ranges. They may be covered already.
 * @param sinceMs The earliest time at which one of them may have come.
 */
export function cover(
  progress: Progress,
  held: readonly Range[],
  { sinceMs, atMs }: { readonly sinceMs: number; readonly atMs: number },
  settings: CoverSettings,
): Progress {
  const found = uncovered(from(held, settings.start), progress.pieces);
  if (found.length === 0) return progress;
  const { dropped = [] } = progress;
  const newPieces = (from: number, to: number): readonly Piece[] =>
    withDroppedTimes({ from, to, sinceMs, atMs, isScanned: false }, dropped);
  const marks = sortedMarks(progress, found, atMs, settings);
  const pieces: Piece[] = [];
  for (const cluster of clusters(marks, settings)) {
    let last: Mark | undefined;
    for (const mark of cluster) {
      const range = last && between(last, mark, progress.forgotten);
      if (range) pieces.push(...newPieces(range.from, range.to));
      if (mark.piece) pieces.push(mark.piece);
      else if (!mark.isEdge) pieces.push(...newPieces(mark.from, mark.to));
      last = mark;
    }
  }
  return { ...progress, pieces: joinPieces(pieces, isSameSweep), told: stillTold(progress, pieces) };
}

/** A known piece, or ids that are not covered yet. */
interface Mark extends Range {
  readonly piece?: Piece;
  /**
   * Set if it only stands for the highest ids below numbers that are expected: those below the first one of the stream, or
   * the last ones of a forgotten range.
   */
  readonly isEdge?: 'start' | 'forgotten';
}

/** Removes ids below the first one of the stream. They are accepted, and nothing is concluded from them. */
function from(held: readonly Range[], start = 0): readonly Range[] {
  return held.filter(({ to }) => to >= start).map((range) => ({ ...range, from: Math.max(range.from, start) }));
}

/** Returns the parts of ranges that no piece covers. Both are ascending. */
export function uncovered(held: readonly Range[], pieces: readonly Range[]): readonly Range[] {
  const left: Range[] = [];
  let k = 0;
  for (const { from, to } of held) {
    let next = from;
    while (k < pieces.length && (pieces[k]?.to ?? 0) < from) k++;
    for (let i = k; next <= to; i++) {
      const piece = pieces[i];
      if (!piece || piece.from > to) {
        left.push({ from: next, to });
        break;
      }
      if (piece.from > next) left.push({ from: next, to: piece.from - 1 });
      next = Math.max(next, piece.to + 1);
    }
  }
  return left;
}

function sortedMarks(
  progress: Progress,
  found: readonly Range[],
  nowMs: number,
  { start, windowMs }: CoverSettings,
): readonly Mark[] {
  const marks: Mark[] = [...progress.pieces.map((piece) => ({ from: piece.from, to: piece.to, piece })), ...found];
  const held = [...marks];
  // A start counts as a group that ends just below it.
  if (start !== undefined) marks.push({ from: start - 2, to: start - 1, isEdge: 'start' });
  if (knowsForgotten(progress, nowMs, windowMs))
    for (const range of progress.forgotten.filter((one) => sizeOf(one) > 1 && !contains(held, one.to)))
      marks.push({ from: range.to - 1, to: range.to, isEdge: 'forgotten' });
  return marks.sort((a, b) => a.from - b.from);
}

/**
 * Whether every id that came and is forgotten is in a forgotten range. It is not if sweeps had stopped for longer than a
 * window, until a window later.
 */
function knowsForgotten({ wokeAtMs }: Progress, nowMs: number, windowMs: number): boolean {
  return wokeAtMs === undefined || nowMs >= wokeAtMs + windowMs;
}

/** Joins marks to fronts. A mark alone is an outlier. */
function clusters(marks: readonly Mark[], settings: CoverSettings): readonly (readonly Mark[])[] {
  const reach = distanceOver(settings.maxGap, settings);
  const joined: Mark[][] = [];
  /** The position of the last front. Outliers may follow it. */
  let front: number | undefined;
  for (const group of groups(marks, settings)) {
    if (!hasSeveral(group)) {
      joined.push(group);
      continue;
    }
    const known = front === undefined ? undefined : joined[front];
    if (front !== undefined && known && firstOf(group) - lastOf(known) <= reach) {
      // The marks are added one by one: copying the front for each group would take quadratic time.
      for (const added of [...joined.splice(front + 1), group]) for (const mark of added) known.push(mark);
    } else {
      joined.push(group);
      front = joined.length - 1;
    }
  }
  return joined;
}

function groups(marks: readonly Mark[], settings: CoverSettings): readonly Mark[][] {
  const near = distanceOver(Math.min(maxMissingInGroup, settings.maxGap), settings);
  const all: Mark[][] = [];
  for (const mark of marks) {
    const group = all.at(-1);
    if (group && mark.from - lastOf(group) <= near) group.push(mark);
    else all.push([mark]);
  }
  return all;
}

function hasSeveral(group: readonly Mark[]): boolean {
  return lastOf(group) > firstOf(group);
}

function firstOf(group: readonly Mark[]): number {
  return group[0]?.from ?? 0;
}

function lastOf(group: readonly Mark[]): number {
  return group.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
}

/**
 * Returns the numbers to cover between two marks. Undefined if there is none. Nothing is covered just below a piece if
 * it is forgotten, nor between the start of the stream and the highest forgotten id, nor below the end of a forgotten
 * range.
 *
 *     forgotten [1 ── 400]                     new 405 406
 *     covered               401 ──── 404 (the events came after the silence began, or are missing)
 */
function between(last: Mark, mark: Mark, forgotten: readonly Range[]): Range | undefined {
  const to = mark.from - 1;
  if (mark.isEdge || (mark.piece && contains(forgotten, to))) return undefined;
  const highest = last.isEdge === 'start' ? forgotten.findLast((range) => range.from <= to) : undefined;
  const from = Math.max(last.to, Math.min(highest?.to ?? -1, to)) + 1;
  return from > to ? undefined : { from, to };
}

/**
 * Returns the ids of fronts below which a range was reported, without those whose front was joined to a lower front.
 * The range below the joined front may not be reported yet.
 */
function stillTold({ told, pieces }: Progress, after: readonly Piece[]): readonly number[] {
  if (told.length === 0) return told;
  const before = runsOf(pieces).filter((run) => run.to > run.from);
  const runs = runsOf(after);
  return told.filter((id) => {
    const run = runs.find(({ from, to }) => from <= id && id <= to);
    const lowest = run && before.find(({ from }) => from >= run.from);
    return !lowest || id <= lowest.to;
  });
}
