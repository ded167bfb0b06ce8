import type { Catalog } from '../../shared/catalog-definition.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { Handler } from '../../shared/messages/message.ts';
import type { Clock, DeadLetterStore, Log, PortsUntil, Publisher } from '../../shared/ports.ts';
import { poisonTopic } from '../../shared/probe.ts';
import { assess } from '../../shared/validation/assess.ts';

export interface ValidatePorts {
  readonly publisher: Publisher;
  readonly letters: Pick<DeadLetterStore, 'keep'>;
}

export interface ValidateDeps {
  readonly portsUntil: PortsUntil<ValidatePorts>;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
}

/** Passes on what can be read, sound or not, and dead-letters what cannot. Acks once the next topic has it. */
export function makeValidate({ portsUntil, catalog, clock, log }: ValidateDeps): Handler {
  return async (delivery) => {
    if (delivery.topic === poisonTopic) throw new RetryableError('refused, as eventmend probe wants it');
    const { publisher, letters } = portsUntil(delivery.deadlineMs);
    const { topic, message, storeOversizedUnder, stripped, isUnknownType } = assess(delivery, catalog, clock.now());
    log.count('provenance-stripped', stripped);
    log.count('unknown-type', isUnknownType ? 1 : 0);
    if (storeOversizedUnder !== undefined) await letters.keep(storeOversizedUnder, delivery);
    await publisher.publish(topic, message);
  };
}
