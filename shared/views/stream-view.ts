import type { Progress } from '../gaps/progress.ts';

/** One stream, as the console shows it. What is not known yet is left out. */
export interface StreamView {
  readonly stream: string;
  readonly first: number | undefined;
  readonly highWater: number | undefined;
  readonly watermark: number | undefined;
  /** High water − watermark: how many ids are not known to be accounted for. */
  readonly lag: number | undefined;
  readonly unresolvedGaps: number;
}

/** What a stream's row is made from. */
export interface StreamState {
  readonly stream: string;
  /** As the last sweep left it. */
  readonly progress: Progress | undefined;
  /** The highest id that the stream's last block holds by now. */
  readonly highestId: number | undefined;
  readonly unresolvedGaps: number;
}

export function streamView({ stream, progress, highestId = -1, unresolvedGaps }: StreamState): StreamView {
  const highest = Math.max(highestId, progress?.highWater ?? -1);
  const highWater = highest < 0 ? undefined : highest;
  const first = progress?.first;
  const watermark = first === undefined ? undefined : progress?.watermark;
  const lag = highWater === undefined || watermark === undefined ? undefined : highWater - watermark;
  return { stream, first, highWater, watermark, lag, unresolvedGaps };
}
