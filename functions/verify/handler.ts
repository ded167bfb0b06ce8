import type { Catalog } from '../../shared/catalog-definition.ts';
import type { SystemName } from '../../shared/stream-settings.ts';
import type { Delivery, Handler } from '../../shared/messages/message.ts';
import type { PortsUntil, Publisher, SystemOfRecord } from '../../shared/ports.ts';
import { readPassage } from '../../shared/messages/routing.ts';
import type { Answer } from '../../shared/verification/answer.ts';
import { answerMessage } from '../../shared/verification/answer-message.ts';

export interface VerifyPorts {
  readonly publisher: Publisher;
  /** The systems of record that are configured. */
  readonly systems: ReadonlyMap<SystemName, SystemOfRecord>;
}

export interface VerifyDeps {
  readonly portsUntil: PortsUntil<VerifyPorts>;
  readonly catalog: Catalog;
}

/** Asks the system of record about an event and sends the answer round again. Acks once `mended-events` has it. */
export function makeVerify({ portsUntil, catalog }: VerifyDeps): Handler {
  const ask = async ({ systems }: VerifyPorts, delivery: Delivery, type: string): Promise<Answer> => {
    const { system: name, consult } = catalog.type(type) ?? {};
    if (consult === 'never') return { says: 'refused', why: 'the catalog says never to ask about its type' };
    const system = name && systems.get(name);
    return system ? system.check(delivery) : { says: 'refused', why: 'no system of record is configured for its type' };
  };
  return async (delivery) => {
    const passage = readPassage(delivery.attributes);
    const ports = portsUntil(delivery.deadlineMs);
    const answer = await ask(ports, delivery, passage.type);
    await ports.publisher.publish('mended-events', answerMessage(delivery, passage, answer));
  };
}
