import { execFileSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';

/** The longest time that infrastructure may take on a slow machine, in milliseconds. */
const longestMs = 240_000;

/** Calls `ask` until it returns a value other than undefined or false. @throws Error if that does not happen in time. */
export async function eventually<T>(what: string, ask: () => T | Promise<T>): Promise<Exclude<T, undefined | false>> {
  const giveUpAtMs = performance.now() + longestMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    if (performance.now() > giveUpAtMs) throw new Error(`timed out while waiting for: ${what}`);
    await setTimeout(50);
  }
}

/** Returns whether a process runs. A zombie, whose parent has not waited for it, does not. */
export function isAlive(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .startsWith('Z');
  } catch {
    return false;
  }
}
