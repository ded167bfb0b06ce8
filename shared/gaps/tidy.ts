import { rememberDropped } from './dropped.ts';
import { grewAt, runsOf, type PieceRun } from './front.ts';
import { isSameSweep, joinPieces, joinTwo } from './join-pieces.ts';
import type { Piece, Progress } from './progress.ts';
import { contains } from './range-set.ts';
import { sizeOf } from './range.ts';

/** The maximum number of fronts and outliers of a stream. */
export const maxRuns = 256;
/** The maximum number of pieces. A document has room for some 15,000. */
export const maxPieces = 8_000;
/** Two scanned pieces are joined if their times span at most this many milliseconds, or an eighth of their age. */
const minSpanMs = 6 * 60_000;
const maxSpanShare = 1 / 8;
/**
 * Two pieces that are not scanned yet are joined if their times span at most this share of their age. It is smaller,
 * since the holes of the older one are found later by this time. It matters if the grace has hours.
 */
const maxUnscannedShare = 1 / 64;

/**
 * Keeps the progress small: joins pieces of like age, and drops fronts and outliers if there are too many.
 * Returns the same progress if nothing changed.
 */
export function tidy(progress: Progress, nowMs: number): Progress {
  const runs = runsOf(joinUntilFew(progress.pieces, nowMs));
  const kept = runs.length <= maxRuns ? runs : mostRecent(runs);
  const pieces = kept.flatMap((run) => run.pieces);
  const told = progress.told.filter((id) => contains(kept, id));
  if (pieces.length === progress.pieces.length && told.length === progress.told.length) return progress;
  const tidied = { ...progress, pieces, told };
  return kept.length < runs.length ? rememberDropped(tidied, without(runs, kept), kept) : tidied;
}

function without(runs: readonly PieceRun[], kept: readonly PieceRun[]): readonly PieceRun[] {
  const known = new Set(kept);
  return runs.filter((run) => !known.has(run));
}

/** Drops outliers first, then the fronts that last grew longest ago. */
function mostRecent(runs: readonly PieceRun[]): readonly PieceRun[] {
  const byWorth = runs.toSorted(
    (a, b) => Number(sizeOf(a) > 1) - Number(sizeOf(b) > 1) || grewAt(a.pieces) - grewAt(b.pieces) || a.from - b.from,
  );
  const dropped = new Set(byWorth.slice(0, runs.length - maxRuns));
  return runs.filter((run) => !dropped.has(run));
}

/** Joins pieces whose times are ever further apart, until there are few enough. */
function joinUntilFew(pieces: readonly Piece[], nowMs: number): readonly Piece[] {
  const alike = (share: number) => (a: Piece, b: Piece) => isAlike(a, b, nowMs, share);
  let joined = joinPieces(pieces, alike(maxSpanShare));
  for (let share = 2 * maxSpanShare; joined.length > maxPieces && share <= 1; share *= 2)
    joined = joinPieces(joined, alike(share));
  return joined;
}

function isAlike(a: Piece, b: Piece, nowMs: number, spanShare: number): boolean {
  if (a.isScanned !== b.isScanned) return false;
  if (isSameSweep(a, b)) return true;
  const { sinceMs, atMs, isScanned } = joinTwo(a, b);
  const ageMs = nowMs - atMs;
  return atMs - sinceMs <= (isScanned ? Math.max(minSpanMs, ageMs * spanShare) : ageMs * maxUnscannedShare);
}
