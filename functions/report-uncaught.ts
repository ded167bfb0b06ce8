import type { CloudLog } from '../shared/gcp/log.ts';

/** The part of a process that reports uncaught errors. */
interface Failing {
  prependListener(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

/**
 * Logs an uncaught error and ends the process. The framework would print its message, which may quote an event. The log
 * prints names, codes and call sites.
 *
 * @param end Ends the process. The platform replaces the instance, and the deliveries in flight are made again.
 */
export function reportUncaught(failing: Failing, log: Pick<CloudLog, 'error'>, end: () => void): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    failing.prependListener(event, (error) => {
      log.error('an error was not caught', error);
      end();
    });
}
