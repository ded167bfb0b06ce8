import { AccessError, accessRefused, bugMet, RetryableError } from '../shared/errors.ts';
import { matchesFilter } from '../shared/messages/filter.ts';
import type { Delivery, Handler } from '../shared/messages/message.ts';
import type { Clock, Log } from '../shared/ports.ts';

export interface DeliveryDeps {
  readonly handler: Handler;
  readonly log: EndpointLog;
  readonly clock: Clock;
}

/** A log that accepts the trace of an error. */
export interface EndpointLog extends Pick<Log, 'count'> {
  error(message: string, error: unknown, traceId?: string): void;
}

/** Whether a delivery is acked. It is nacked if it failed, or was late: not handled by its deadline. */
export type DeliveryOutcome = 'acked' | 'failed' | 'late';

/**
 * Passes a delivery to the handler, unless no filter lets it through. Never throws: the error of a handler is logged.
 *
 * @param filters The filters of the subscriptions that the delivery may come from. They are checked here, because the
 * emulator ignores them.
 */
export async function deliver(
  { handler, log, clock }: DeliveryDeps,
  delivery: Delivery,
  filters: readonly (string | undefined)[],
  traceId?: string,
): Promise<DeliveryOutcome> {
  try {
    if (!filters.some((filter) => matchesFilter(filter, delivery.attributes))) return 'acked';
    log.count('received');
    if (await endsBy(delivery.deadlineMs, clock, handler(delivery))) return 'acked';
    log.error('a delivery was not handled by its deadline', new RetryableError('deadline exceeded'), traceId);
    return 'late';
  } catch (error) {
    log.error(logMessageOf(error), error, traceId);
    return 'failed';
  }
}

/**
 * Returns the log message of an error. A temporary failure of a dependency is a RetryableError. A refused key has an
 * alert of its own. Any other error is a bug, and a single one raises an alert. All are nacked. After a bug the message
 * comes again until the code is fixed, or until the message is given up as ERR_DELIVERY.
 */
function logMessageOf(error: unknown): string {
  if (error instanceof AccessError) return accessRefused;
  return error instanceof RetryableError ? 'a delivery failed' : bugMet;
}

/** Resolves with whether the work ended by the deadline. A result or error after the deadline is ignored. */
export function endsBy(deadlineMs: number, clock: Clock, work: Promise<void>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const callOff = clock.schedule(deadlineMs - clock.now(), () => {
      resolve(false);
    });
    work.finally(callOff).then(() => {
      resolve(true);
    }, reject);
  });
}
