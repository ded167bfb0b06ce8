import type { Piece, Progress } from './progress.ts';
import { sizeOf, type Range } from './range.ts';

/**
 * A stretch of numbers that events arrive in: a run of adjoining pieces. Only numbers inside a front can be missing.
 *
 *     held      1 2 · 4 5            900            5001 5002 · · 5005
 *     fronts    [1 ──── 5]                          [5001 ────── 5005]
 *     outlier                        900
 */
export interface Front {
  readonly first: number;
  readonly last: number;
  /** When a sweep last covered new numbers of the front, in milliseconds since 1970. */
  readonly grewAtMs: number;
  /** The highest id up to which all holes are in the ledger. It is `first - 1` if none was looked for yet. */
  readonly scanned: number;
}

/** Returns the fronts of a stream, ascending. */
export function frontsOf(progress: Progress): readonly Front[] {
  return runsOf(progress.pieces)
    .filter((run) => sizeOf(run) > 1)
    .map(({ from, to, pieces }) => ({
      first: from,
      last: to,
      grewAtMs: grewAt(pieces),
      scanned: (pieces.find(({ isScanned }) => !isScanned)?.from ?? to + 1) - 1,
    }));
}

/** Returns the ids that are in no front, ascending. Nothing is concluded from them. */
export function outliersOf({ pieces }: Progress): readonly number[] {
  return runsOf(pieces)
    .filter((run) => sizeOf(run) === 1)
    .map(({ from }) => from);
}

/** Returns the front that grew last. Of several that grew at the same sweep, the highest. */
export function latestFront(fronts: readonly Front[]): Front | undefined {
  return fronts.reduce<Front | undefined>(
    (latest, front) => (latest && latest.grewAtMs > front.grewAtMs ? latest : front),
    undefined,
  );
}

/** An unresolved gap. Without `to`, only its first id counts. */
export interface UnresolvedRange {
  readonly from: number;
  readonly to?: number;
}

/**
 * Returns the highest id of a front up to which every id has an entry or is in a resolved gap.
 *
 * @param unresolved The unresolved gaps of the stream. Of those that reach into the front, the lowest one is enough.
 */
export function watermarkOf({ first, scanned }: Front, unresolved: readonly UnresolvedRange[]): number {
  return unresolved.reduce(
    (mark, { from, to = from }) => (to >= first ? Math.min(mark, Math.max(first, from) - 1) : mark),
    scanned,
  );
}

/**
 * Returns how long ago a sweep covered the next id above the watermark, in milliseconds. It returns 0 if the front ends at
 * the watermark.
 */
export function watermarkLagMs(
  { pieces }: Progress,
  { last }: Pick<Front, 'last'>,
  watermark: number,
  nowMs: number,
): number {
  const next = pieces.find(({ to }) => to > watermark);
  return next && next.from <= last ? nowMs - next.atMs : 0;
}

/** Adjoining pieces: a front, or an outlier. */
export interface PieceRun extends Range {
  readonly pieces: readonly Piece[];
}

export function runsOf(pieces: readonly Piece[]): readonly PieceRun[] {
  const runs: { from: number; to: number; pieces: Piece[] }[] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    if (last && last.to + 1 === piece.from) {
      last.to = piece.to;
      last.pieces.push(piece);
    } else runs.push({ from: piece.from, to: piece.to, pieces: [piece] });
  }
  return runs;
}

export function grewAt(pieces: readonly Piece[]): number {
  return pieces.reduce((latest, { atMs }) => Math.max(latest, atMs), Number.NEGATIVE_INFINITY);
}
