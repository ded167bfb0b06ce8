import { InvariantError } from '../shared/errors.ts';
import type { Delivery, Handler } from '../shared/messages/message.ts';
import type { Log } from '../shared/ports.ts';

/**
 * Makes a handler of messages that only Eventmend publishes, and that can be made again: ticks, requests, copies of clean events.
 *
 * One that cannot be read is acked, and logged as an error that an alert watches. It is a bug of ours, or somebody has published it
 * by hand: delivered again it would be as unreadable, until its retention ends. Nothing is lost with it. The next tick sweeps the
 * stream, a gap is asked for again, and a clean event is on its topic for every other consumer.
 *
 * This is not for messages that hold a producer's event: those must stay until they can be read, or become dead letters.
 *
 * @param decode Returns what is wrong with a message that it cannot read, without any values of it.
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
