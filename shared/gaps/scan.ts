import type { StreamSettings } from '../stream-settings.ts';
import { joinRanges } from './range-set.ts';
import type { Progress } from './progress.ts';
import type { Range } from './range.ts';

/** Returns the numbers that became covered a grace ago, and in which no sweep has looked for holes yet. Ascending. */
export function dueRanges(
  { pieces }: Progress,
  nowMs: number,
  { graceMs }: Pick<StreamSettings, 'graceMs'>,
): readonly Range[] {
  return joinRanges(pieces.filter(({ isScanned, atMs }) => !isScanned && atMs <= nowMs - graceMs));
}

/**
 * Records that all holes of a range are in the ledger. A piece that is only partly in the range is split.
 *
 *     pieces    [1 ───────── 9]
 *     scanned   [1 ──── 5]
 *     after     [1 ──── 5][6 ─ 9]
 */
export function markScanned(progress: Progress, { from, to }: Range): Progress {
  const pieces = progress.pieces.flatMap((piece) => {
    if (piece.isScanned || piece.to < from || piece.from > to) return [piece];
    const parts = [
      { ...piece, to: from - 1 },
      { ...piece, from: Math.max(piece.from, from), to: Math.min(piece.to, to), isScanned: true },
      { ...piece, from: to + 1 },
    ];
    return parts.filter((part) => part.from <= part.to);
  });
  return { ...progress, pieces };
}
