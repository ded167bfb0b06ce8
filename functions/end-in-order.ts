import { setTimeout } from 'node:timers/promises';
import type { CloudLog } from '../shared/gcp/log.ts';
import { once } from './once.ts';

type EndLog = Pick<CloudLog, 'error' | 'flush'>;

/** The maximum time of an orderly end, in milliseconds. Cloud Run kills the instance ten seconds after SIGTERM. */
const maxEndMs = 9_000;

/**
 * Makes a function that replaces the signal handlers of the framework at its first call. The framework's handlers exit
 * immediately and lose the deliveries in flight. Ours wait for `end`. The function must be called at the first request,
 * because the framework adds its handlers after it has loaded the function. Before the first request there are no
 * deliveries to lose.
 */
export function makeEndInOrder(end: () => Promise<void>, log: EndLog): () => void {
  return once(() => {
    replaceSignalHandlers(end, log);
  });
}

function replaceSignalHandlers(end: () => Promise<void>, log: EndLog): void {
  const exit = once(() => {
    void Promise.race([end(), setTimeout(maxEndMs)])
      .catch((error: unknown) => {
        log.error('the instance did not end in order', error);
      })
      .finally(() => {
        log.flush();
        process.exit(0);
      });
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const before = process.listeners(signal);
    // Our listener is added first, so that there is always one. Otherwise a signal could be lost.
    process.on(signal, exit);
    for (const listener of before) process.removeListener(signal, listener);
  }
}
