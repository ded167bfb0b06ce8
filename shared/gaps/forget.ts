import type { StreamSettings } from '../stream-settings.ts';
import { maxForgotten, type Piece, type Progress } from './progress.ts';
import { joinNearest, joinRanges } from './range-set.ts';
import { sizeOf, type Range } from './range.ts';

/** The progress without pieces that are too old, and the numbers in which no sweep had looked for holes. */
export interface AfterForgetting {
  readonly progress: Progress;
  /** Ascending. Single ids are outliers, and so not in question. */
  readonly unscanned: readonly Range[];
}

/**
 * Removes the pieces whose events may have come a deduplication window ago. Their blocks may be deleted, so an id
 * without an entry is no longer known to be missing.
 */
export function forget(
  progress: Progress,
  nowMs: number,
  { windowMs }: Pick<StreamSettings, 'windowMs'>,
): AfterForgetting {
  const isOld = (piece: Piece): boolean => isForgettablePiece(piece, nowMs, windowMs);
  const old = progress.pieces.filter(isOld);
  if (old.length === 0) return { progress, unscanned: [] };
  const forgotten = joinNearest(joinRanges([...progress.forgotten, ...old]), maxForgotten);
  const pieces = progress.pieces.filter((piece) => !isOld(piece));
  const unscanned = joinRanges(old.filter(({ isScanned }) => !isScanned)).filter((range) => sizeOf(range) > 1);
  return { progress: { ...progress, pieces, forgotten }, unscanned };
}

/** Whether events of a piece may have been forgotten. */
export function isForgettablePiece({ sinceMs }: Piece, nowMs: number, windowMs: number): boolean {
  return sinceMs <= nowMs - windowMs;
}
