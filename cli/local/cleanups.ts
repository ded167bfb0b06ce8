/** The functions that end what was started, in the order of the starts. */
export type Cleanups = (() => Promise<unknown>)[];

/** Calls the functions, the last first. */
export async function cleanUp(cleanups: Cleanups): Promise<void> {
  for (const end of cleanups.toReversed()) await end();
}
