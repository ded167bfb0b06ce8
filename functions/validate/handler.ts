import { RetryableError } from '../../shared/errors.ts';
import type { FunctionInstance, PortsOf } from '../../shared/function-instance.ts';
import type { Handler } from '../../shared/messages/message.ts';
import { poisonTopic } from '../../shared/probe.ts';
import { assess } from '../../shared/validation/assess.ts';

/**
 * Makes validate. It passes on messages whose stream and id can be read, valid or not, and dead-letters the others.
 * Acks when the next topic has the message.
 */
export function makeValidate(ports: PortsOf<'publisher' | 'letters'>): FunctionInstance {
  const { portsUntil, catalog, clock, log } = ports;
  const handler: Handler = async (delivery) => {
    if (delivery.topic === poisonTopic) throw new RetryableError('refused on purpose, for eventmend probe');
    const { publisher, letters } = portsUntil(delivery.deadlineMs);
    const { topic, message, storeOversizedUnder, stripped, isUnknownType } = assess(delivery, catalog, clock.now());
    log.count('provenance-stripped', stripped);
    log.count('unknown-type', isUnknownType ? 1 : 0);
    if (storeOversizedUnder !== undefined) await letters.keep(storeOversizedUnder, delivery);
    await publisher.publish(topic, message);
  };
  return { handler };
}
