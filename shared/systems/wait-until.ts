import type { Clock } from '../ports.ts';

/** Resolves at a time, in milliseconds since 1970. */
export async function waitUntil(atMs: number, clock: Clock): Promise<void> {
  const delayMs = atMs - clock.now();
  if (delayMs <= 0) return;
  await new Promise<void>((resolve) => {
    clock.schedule(delayMs, resolve);
  });
}
