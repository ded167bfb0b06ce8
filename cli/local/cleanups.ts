/** How to end what was started, in the order in which it was. */
export type Endings = (() => Promise<unknown>)[];

/** Ends it, the last first. */
export async function endAll(endings: Endings): Promise<void> {
  for (const end of endings.toReversed()) await end();
}
