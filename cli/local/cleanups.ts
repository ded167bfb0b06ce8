/** How to end each thing that was started, in the order in which they were. */
export type Cleanups = (() => Promise<unknown>)[];

/** Ends them, the last first. */
export async function cleanUp(cleanups: Cleanups): Promise<void> {
  for (const end of cleanups.toReversed()) await end();
}
