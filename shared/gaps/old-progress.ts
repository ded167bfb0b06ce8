import type { Piece, Progress } from './progress.ts';

/** The progress of a stream as releases before fronts stored it. */
export interface OldProgress {
  readonly first?: number | undefined;
  readonly highWater: number;
  /** All holes at or below it are in the ledger. */
  readonly scanned: number;
  /** Ids at or below it may be forgotten. */
  readonly floor: number;
  /** Earlier high-water marks, ascending, each with the times of two sweeps. */
  readonly samples: readonly { readonly sinceMs: number; readonly atMs: number; readonly highWater: number }[];
}

/**
 * Reads the progress of an older release: its ids from the first to the highest one are one front. `sweptAtMs` is
 * undefined, so that the next sweep also reads the blocks above, which an older release has written without a time.
 */
export function readOldProgress(stream: string, { first, highWater, scanned, floor, samples }: OldProgress): Progress {
  const pieces: Piece[] = [];
  let from = Math.max(first ?? highWater + 1, floor + 1);
  for (const { sinceMs, atMs, highWater: to } of samples) {
    const parts = [
      { from, to: Math.min(to, scanned), isScanned: true },
      { from: Math.max(from, scanned + 1), to, isScanned: false },
    ];
    pieces.push(...parts.filter((part) => part.from <= part.to).map((part) => ({ ...part, sinceMs, atMs })));
    from = Math.max(from, to + 1);
  }
  const forgotten = floor < 0 ? [] : [{ from: 0, to: floor }];
  return { stream, pieces, forgotten, told: [], sweptAtMs: undefined, hasDropped: false };
}
