import { RetryableError } from '../../shared/errors.ts';
import type { FunctionInstance, PortsOf } from '../../shared/function-instance.ts';
import type { Handler } from '../../shared/messages/message.ts';
import { poisonTopic } from '../../shared/probe.ts';
import { assess } from '../../shared/validation/assess.ts';

/** Passes on what can be read, sound or not, and dead-letters what cannot. Acks once the next topic has it. */
export function makeValidate(ports: PortsOf<'publisher' | 'letters'>): FunctionInstance {
  const { portsUntil, catalog, clock, log } = ports;
  const handler: Handler = async (delivery) => {
    if (delivery.topic === poisonTopic) throw new RetryableError('refused, as eventmend probe wants it');
    const { publisher, letters } = portsUntil(delivery.deadlineMs);
    const { topic, message, storeOversizedUnder, stripped, isUnknownType } = assess(delivery, catalog, clock.now());
    log.count('provenance-stripped', stripped);
    log.count('unknown-type', isUnknownType ? 1 : 0);
    if (storeOversizedUnder !== undefined) await letters.keep(storeOversizedUnder, delivery);
    await publisher.publish(topic, message);
  };
  return { handler };
}
