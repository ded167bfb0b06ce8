import { execFileSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';

/** How long infrastructure may take on a slow machine, in milliseconds. */
const longestMs = 240_000;

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

/** Tells whether a process runs; one that has ended, and that nobody has asked after, does not. */
export function isAlive(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .startsWith('Z');
  } catch {
    return false;
  }
}
