import type { Progress } from '../gaps/progress.ts';

/** A stream as the console shows it. Unknown members are absent. */
export interface StreamView {
  readonly stream: string;
  readonly first: number | undefined;
  readonly highWater: number | undefined;
  readonly watermark: number | undefined;
  /** The high-water mark minus the watermark: the number of ids that may not be accounted for. */
  readonly lag: number | undefined;
  readonly unresolvedGaps: number;
}

/** The data for a stream's row. */
export interface StreamState {
  readonly stream: string;
  /** The progress at the last sweep. */
  readonly progress: Progress | undefined;
  /** The highest id in the stream's last block. */
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
