import { billedStepMs } from './prices.ts';

/** The time in which an instance has at least one request, in milliseconds. */
export interface RequestTime {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Adds up the time for which Cloud Run bills an instance: while it has a request. Each stretch is rounded up.
 *
 * @param times Of the requests, ascending by their start.
 * @returns Milliseconds.
 */
export function billedTimeMs(times: readonly RequestTime[]): number {
  let billedMs = 0;
  let [fromMs, toMs] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const close = (): void => {
    if (toMs > fromMs) billedMs += Math.ceil((toMs - fromMs) / billedStepMs) * billedStepMs;
  };
  for (const time of times) {
    if (time.fromMs <= toMs) toMs = Math.max(toMs, time.toMs);
    else {
      close();
      ({ fromMs, toMs } = time);
    }
  }
  close();
  return billedMs;
}
