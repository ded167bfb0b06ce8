import type { Catalog } from '../catalog-definition.ts';
import type { Failure } from '../failure.ts';
import { makeLetter } from '../messages/letter.ts';
import type { Delivery, Message } from '../messages/message.ts';
import { stripInternal } from '../messages/provenance.ts';
import { encodeRouting } from '../messages/routing.ts';
import type { TopicName } from '../topology.ts';
import { assessMessage, type AssessedEvent } from './assess-message.ts';

/** The decision of validate on one event of a message, with the message that goes on. */
export interface Assessment extends Pick<AssessedEvent, 'storeOversizedUnder' | 'isUnknownType'> {
  readonly topic: Extract<TopicName, 'validated-events' | 'dead-letter-queue'>;
  readonly message: Message;
  /** The reason if the event goes to the dead-letter queue. */
  readonly failure: Failure | undefined;
}

/** The decisions on the events of a message. */
export interface Assessments {
  /** The number of attributes that had names of Eventmend's own. */
  readonly renamed: number;
  /** One for each event. There is none in an empty array. */
  readonly events: Iterable<Assessment>;
}

/** Decides where the events of a message go, and writes the messages that go on. */
export function assess(delivery: Delivery, catalog: Catalog, nowMs: number): Assessments {
  const { renamed, events } = assessMessage(delivery, catalog);
  return { renamed, events: spellAll(events, nowMs) };
}

function* spellAll(events: Iterable<AssessedEvent>, nowMs: number): Iterable<Assessment> {
  for (const event of events) yield spellAssessment(event, nowMs);
}

/** Writes the message of an event for the next topic: the routing attributes for track, or the dead letter. */
export function spellAssessment(event: AssessedEvent, nowMs: number): Assessment {
  const { message, examined, about, storeOversizedUnder, isUnknownType } = event;
  if ('failure' in examined) {
    const { failure } = examined;
    const letter = makeLetter(message, failure, { ...about, failedAtMs: nowMs });
    return { topic: 'dead-letter-queue', message: letter, storeOversizedUnder, failure, isUnknownType };
  }
  const routing = encodeRouting(examined.routing, about.keptBytes);
  const attributes = { ...stripInternal(message.attributes), ...routing };
  const spelt = { data: message.data, attributes };
  return { topic: 'validated-events', message: spelt, storeOversizedUnder, failure: undefined, isUnknownType };
}
