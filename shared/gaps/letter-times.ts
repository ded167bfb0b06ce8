/** The minimum time between two letters of a stream, in milliseconds. So there are at most six an hour. */
export const letterIntervalMs = 600_000;
/** The minimum time between two letters that report doubtful gaps, in milliseconds. */
export const doubtIntervalMs = 24 * 3_600_000;
/** The minimum time between two letters about ids that hold several events, in milliseconds. */
export const sequencesIntervalMs = 24 * 3_600_000;

/** Whether the next letter may be sent. @param lastMs When the last one was sent. Undefined if none was. */
export function isLetterDue(lastMs: number | undefined, intervalMs: number, nowMs: number): boolean {
  return lastMs === undefined || nowMs >= lastMs + intervalMs;
}
