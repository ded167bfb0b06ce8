import type { FunctionInstance, PortsOf, Services } from '../../shared/function-instance.ts';
import type { Delivery, Handler } from '../../shared/messages/message.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import type { Answer } from '../../shared/verification/answer.ts';
import { answerMessage } from '../../shared/verification/answer-message.ts';
import { mayBeEdited, uneditedAnswerMessage } from '../../shared/verification/unedited-answer.ts';

/**
 * Makes verify. It asks the system of record about an event and publishes the answer. Acks when `mended-events` has the
 * answer.
 */
export function makeVerify({ portsUntil, catalog }: PortsOf<'publisher' | 'systems'>): FunctionInstance {
  const ask = async (systems: Services['systems'], delivery: Delivery, type: string): Promise<Answer> => {
    const { system: name, consult } = catalog.type(type) ?? {};
    if (consult === 'never') return { says: 'refused', why: 'the catalog says that its type is never checked' };
    const system = name && systems.get(name);
    return system ? system.check(delivery) : { says: 'refused', why: 'no system of record is configured for its type' };
  };
  const handler: Handler = async (delivery) => {
    const routing = decodeRouting(delivery.attributes);
    const { publisher, systems } = portsUntil(delivery.deadlineMs);
    const answer = await ask(systems, delivery, routing.type);
    const write = mayBeEdited(delivery, routing.facts, catalog.sources) ? answerMessage : uneditedAnswerMessage;
    await publisher.publish('mended-events', write(delivery, routing, answer));
  };
  return { handler };
}
