import type { PieceRun } from './front.ts';
import type { DroppedRange, Piece, Progress } from './progress.ts';
import { overlap, type Range } from './range.ts';

/** The maximum number of ranges of dropped fronts and outliers. More than twice the number of fronts that are kept. */
export const maxDroppedRanges = 520;

/**
 * Remembers fronts and outliers that are dropped, until a window after their events came. Then their ranges count as
 * forgotten. If there are too many ranges, the nearest are joined, but none across a front that is kept.
 *
 * @param kept The runs of pieces that are kept, ascending.
 */
export function rememberDropped(
  { dropped = [], dropCount = 0, ...progress }: Progress,
  runs: readonly PieceRun[],
  kept: readonly Range[],
): Progress {
  const added = runs.flatMap(({ pieces }) =>
    pieces.map(({ from, to, sinceMs, atMs }) => ({ from, to, sinceMs, atMs })),
  );
  // A block is read again for some minutes, so an outlier that was dropped is found and dropped again.
  const isNew = ({ from, to }: Range): boolean => !dropped.some((range) => range.from <= from && to <= range.to);
  const all = separate([...dropped, ...added]);
  return {
    ...progress,
    hasDropped: true,
    dropCount: dropCount + runs.filter(isNew).length,
    dropped: joinNearestDropped(all, kept),
  };
}

/** Joins ranges that overlap. The earlier time stands for both. @returns Ascending, apart. */
function separate(ranges: readonly DroppedRange[]): readonly DroppedRange[] {
  const apart: DroppedRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = apart.at(-1);
    if (last?.from === range.from && last.to === range.to) apart[apart.length - 1] = earlier(last, range);
    else if (last && range.from <= last.to) apart[apart.length - 1] = joinDropped(last, range);
    else apart.push(range);
  }
  return apart;
}

function joinNearestDropped(ranges: readonly DroppedRange[], kept: readonly Range[]): readonly DroppedRange[] {
  const excess = ranges.length - maxDroppedRanges;
  if (excess <= 0) return ranges;
  const distances = ranges.slice(1).flatMap((above, i) => {
    const below = ranges[i]?.to ?? 0;
    const isAcross = kept.some(({ from }) => below < from && from < above.from);
    return isAcross ? [] : [{ above, distance: above.from - below }];
  });
  const nearest = distances.sort((a, b) => a.distance - b.distance).slice(0, excess);
  const toJoin = new Set(nearest.map(({ above }) => above));
  const joined: DroppedRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last && toJoin.has(range)) joined[joined.length - 1] = joinDropped(last, range);
    else joined.push(range);
  }
  return joined;
}

function earlier(a: DroppedRange, b: DroppedRange): DroppedRange {
  return a.sinceMs <= b.sinceMs ? a : b;
}

/** The range of two ranges, with the earlier time. @param a The one that begins first. */
function joinDropped(a: DroppedRange, b: DroppedRange): DroppedRange {
  return { from: a.from, to: Math.max(a.to, b.to), sinceMs: Math.min(a.sinceMs, b.sinceMs) };
}

/**
 * Gives the numbers of a new piece that were dropped before the times that they had. Otherwise they would seem to be
 * young, and an event that came and was forgotten would seem to be missing.
 *
 *     dropped     [5 ─── 9] came at noon
 *     new piece         [7 ───── 12] at one o'clock
 *     returned          [7 ─ 9] at noon, [10 ─ 12] at one o'clock
 *
 * @param dropped Ascending, apart.
 */
export function withDroppedTimes(piece: Piece, dropped: readonly DroppedRange[]): readonly Piece[] {
  const parts: Piece[] = [];
  let next = piece.from;
  for (const { from, to, sinceMs, atMs } of dropped.filter((range) => overlap(range, piece))) {
    if (from > next) parts.push({ ...piece, from: next, to: from - 1 });
    next = Math.max(next, from);
    const times = { sinceMs: Math.min(sinceMs, piece.sinceMs), atMs: Math.min(atMs ?? piece.atMs, piece.atMs) };
    parts.push({ ...piece, from: next, to: Math.min(to, piece.to), ...times });
    next = to + 1;
  }
  return next > piece.to ? parts : [...parts, { ...piece, from: next }];
}
