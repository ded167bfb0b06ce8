import { setTimeout } from 'node:timers/promises';

/** How long infrastructure may take, in milliseconds. */
const longestMs = 60_000;

/** Asks until there is an answer that is neither undefined nor false. @throws If there is none in time. */
export async function eventually<T>(what: string, ask: () => T | Promise<T>): Promise<Exclude<T, undefined | false>> {
  const giveUpAtMs = performance.now() + longestMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    if (performance.now() > giveUpAtMs) throw new Error(`it never came to this: ${what}`);
    await setTimeout(50);
  }
}

/** Tells whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
