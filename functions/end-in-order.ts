import { setTimeout } from 'node:timers/promises';
import type { CloudLog } from '../shared/gcp/log.ts';
import { once } from './once.ts';

/** How long an instance may take to end, in milliseconds: Cloud Run kills it ten seconds after SIGTERM. */
const maxEndMs = 9_000;

/**
 * Makes a function that replaces the signal handlers of the framework, once however often it is called. Theirs exit at once, and lose
 * the deliveries in flight; ours wait for `end`. It is called at the first request, since the framework adds its handlers after it has
 * loaded the function; before that there is nothing to lose.
 */
export function makeEndInOrder(end: () => Promise<void>, log: CloudLog): () => void {
  return once(() => {
    replaceSignalHandlers(end, log);
  });
}

function replaceSignalHandlers(end: () => Promise<void>, log: CloudLog): void {
  const exit = once(() => {
    void Promise.race([end(), setTimeout(maxEndMs)])
      .catch((error: unknown) => {
        log.error('the instance could not end in order', error);
      })
      .finally(() => {
        log.flush();
        process.exit(0);
      });
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const before = process.listeners(signal);
    // Ours is added first: a signal that arrives while nobody listens is lost.
    process.on(signal, exit);
    for (const listener of before) process.removeListener(signal, listener);
  }
}
