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
 * Removes the pieces and the dropped ranges whose events may have come a deduplication window ago. Their blocks may be deleted, so an id
 * without an entry is no longer known to be missing.
 */
export function forget(
  progress: Progress,
  nowMs: number,
  { windowMs }: Pick<StreamSettings, 'windowMs'>,
): AfterForgetting {
  const isOld = (piece: Pick<Piece, 'sinceMs'>): boolean => isForgettablePiece(piece, nowMs, windowMs);
  const { dropped = [] } = progress;
  const [old, oldDropped] = [progress.pieces.filter(isOld), dropped.filter(isOld)];
  if (old.length + oldDropped.length === 0) return { progress, unscanned: [] };
  const forgotten = joinNearest(joinRanges([...progress.forgotten, ...old, ...oldDropped]), maxForgotten);
  const pieces = progress.pieces.filter((piece) => !isOld(piece));
  const unscanned = joinRanges(old.filter(({ isScanned }) => !isScanned)).filter((range) => sizeOf(range) > 1);
  const left = { ...progress, pieces, forgotten };
  const young = dropped.filter((range) => !isOld(range));
  return { progress: oldDropped.length === 0 ? left : { ...left, dropped: young }, unscanned };
}

/** Whether events of a piece, or of a dropped range, may have been forgotten. */
export function isForgettablePiece({ sinceMs }: Pick<Piece, 'sinceMs'>, nowMs: number, windowMs: number): boolean {
  return sinceMs <= nowMs - windowMs;
}
