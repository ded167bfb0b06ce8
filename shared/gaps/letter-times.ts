/** The minimum time between two letters of a stream, in milliseconds. So there are at most six an hour. */
export const letterIntervalMs = 600_000;
/** The minimum time between two letters that report doubtful gaps, in milliseconds. */
export const doubtIntervalMs = 24 * 3_600_000;
