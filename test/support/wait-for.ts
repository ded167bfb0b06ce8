import { setTimeout } from 'node:timers/promises';

/** How long a test waits for real infrastructure, in milliseconds. */
const longestMs = 20_000;

/** Asks until there is an answer: for what real infrastructure brings in its own time. @throws If it takes too long. */
export async function waitFor<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const giveUpAtMs = performance.now() + longestMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > giveUpAtMs) throw new Error(`waited in vain for ${what}`);
    await setTimeout(10);
  }
}
