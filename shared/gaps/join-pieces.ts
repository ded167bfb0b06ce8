import type { Piece } from './progress.ts';

/** Joins adjoining pieces of which `mayJoin` is true. @param pieces Ascending. */
export function joinPieces(pieces: readonly Piece[], mayJoin: (a: Piece, b: Piece) => boolean): readonly Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last && last.to + 1 === piece.from && mayJoin(last, piece)) joined[joined.length - 1] = joinTwo(last, piece);
    else joined.push(piece);
  }
  return joined;
}

/** Joins two adjoining pieces, the lower one first. The times of the result span those of both. */
export function joinTwo(a: Piece, b: Piece): Piece {
  return { ...a, to: b.to, sinceMs: Math.min(a.sinceMs, b.sinceMs), atMs: Math.max(a.atMs, b.atMs) };
}

/** Whether two pieces are of the same sweep, and both or neither were scanned. */
export function isSameSweep(a: Piece, b: Piece): boolean {
  return a.isScanned === b.isScanned && a.sinceMs === b.sinceMs && a.atMs === b.atMs;
}
