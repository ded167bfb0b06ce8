/** Returns the minute of a block's write, in minutes since 1970. @param atMs Milliseconds since 1970. */
export function writtenMinuteOf(atMs: number): number {
  return Math.floor(atMs / 60_000);
}
