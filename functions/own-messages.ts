import { InvariantError } from '../shared/errors.ts';
import type { Delivery, Handler } from '../shared/messages/message.ts';
import type { Log } from '../shared/ports.ts';

/**
 * Makes a handler for messages that only Eventmend publishes and that can be published again: ticks, requests, and
 * copies of clean events.
 *
 * An unreadable message is acked, and logged as an error that raises an alert. It is caused by a bug, or somebody
 * published it by hand. If it were nacked, it would come again until its retention ends. No event is lost with it: the
 * next tick sweeps the stream, a gap is requested again, and other consumers still get the clean event from its topic.
 *
 * Do not use this for messages that hold a producer's event. They must stay until they can be read, or become dead
 * letters.
 *
 * @param decode Returns the problem, without values, if the message is unreadable.
 */
export function handleOwn<T extends object>(
  log: Pick<Log, 'error'>,
  decode: (delivery: Delivery) => T | string,
  handle: (value: T, delivery: Delivery) => Promise<void>,
): Handler {
  return async (delivery) => {
    const decoded = decode(delivery);
    if (typeof decoded !== 'string') return handle(decoded, delivery);
    const { topic, messageId } = delivery;
    log.error('a message could not be read', new InvariantError(`message ${messageId} on ${topic}: ${decoded}`));
  };
}
