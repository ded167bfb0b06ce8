import { AccessError, RetryableError } from '../../shared/errors.ts';
import type { FunctionInstance, PortsOf, Services } from '../../shared/function-instance.ts';
import type { Delivery, Handler } from '../../shared/messages/message.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import type { SystemOfRecord } from '../../shared/ports.ts';
import type { Mapping } from '../../shared/record-mapping.ts';
import { answerMessage } from '../../shared/verification/answer-message.ts';
import { readCheckedEvent, type CheckedEvent } from '../../shared/verification/checked-event.ts';
import { judge, undecided, type Judgement } from '../../shared/verification/judge.ts';
import { referenceOf } from '../../shared/verification/reference.ts';
import type { Ref } from '../../shared/verification/sighting.ts';
import { concurrencyOf } from '../../shared/topology.ts';
import { InFlightLimit } from './in-flight-limit.ts';

/**
 * Makes verify. It looks up the record of an event, compares both, and publishes the answer. Acks when `mended-events`
 * has the answer. It nacks while the record is not up to date or cannot be read, as long as the catalog is patient.
 */
export function makeVerify({ portsUntil, catalog, clock }: PortsOf<'publisher' | 'systems'>): FunctionInstance {
  const limit = new InFlightLimit(Math.floor(concurrencyOf('verify') / (catalog.systems.size + 1)));
  const handler: Handler = async (delivery) => {
    const routing = decodeRouting(delivery.attributes);
    const { publisher, systems } = portsUntil(delivery.deadlineMs);
    const event = readCheckedEvent(delivery, routing, catalog.sources);
    const question = askable(event, routing.type, systems);
    const judgement = 'says' in question ? question : await ask(event, question, delivery);
    const answer =
      judgement.says === 'undecided'
        ? undecided(event, judgement.why, catalog.type(routing.type)?.undecided)
        : judgement;
    await publisher.publish('mended-events', answerMessage(delivery, routing, answer, event.isEditable));
  };

  /** Decides without a call whether there is a record to look up. */
  const askable = (event: CheckedEvent, type: string, systems: Services['systems']): Question | Settled => {
    if (catalog.type(type)?.consult === 'never') return cannotTell('the catalog says that its type is never checked');
    const mapping = catalog.mapping(type);
    if (!mapping) return cannotTell('the catalog names no record for its type');
    const ref = referenceOf(event, mapping);
    if (!ref) return cannotTell(`no reference to a ${mapping.kind}: ${mapping.id}`);
    const system = systems.get(mapping.system);
    return system ? { mapping, ref, system } : cannotTell(`no connection to ${mapping.system}`);
  };

  /** Asks the system of record. @throws RetryableError or AccessError while the event has to wait. */
  const ask = async (event: CheckedEvent, { mapping, ref, system }: Question, delivery: Delivery): Promise<Settled> => {
    const isPatient = clock.now() < delivery.publishedAtMs + mapping.patienceMs;
    let judgement: Judgement;
    try {
      const [sighting] = await limit.run(mapping.system, () => system.look([ref]));
      if (!sighting) throw new RetryableError(`${mapping.system} gave no answer about a ${mapping.kind}`);
      judgement = judge(event, sighting, mapping, clock.now());
    } catch (error) {
      if (isPatient || !(error instanceof RetryableError || error instanceof AccessError)) throw error;
      return cannotTell(`${mapping.system} did not answer in time`);
    }
    if (judgement !== 'wait') return judgement;
    const why = `the ${mapping.kind} of ${mapping.system} is older than the event, or not there yet`;
    if (isPatient) throw new RetryableError(why);
    return cannotTell(why);
  };
  return { handler };
}

type Settled = Exclude<Judgement, 'wait'>;

interface Question {
  readonly mapping: Mapping;
  readonly ref: Ref;
  readonly system: SystemOfRecord;
}

function cannotTell(why: string): Settled {
  return { says: 'undecided', why };
}
