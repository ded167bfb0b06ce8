import type { Catalog } from '../catalog-definition.ts';
import { details, type Failure } from '../failure.ts';
import { readAttribute } from '../messages/attributes.ts';
import type { LetterOrigin } from '../messages/letter.ts';
import type { Delivery, Message } from '../messages/message.ts';
import { renameAnswers, renameReserved, type RenamedAttributes } from '../messages/producer-attributes.ts';
import { isRecovery, readProvenance, trustedTopic, type Provenance } from '../messages/provenance.ts';
import { readFacts, type SourceFacts } from '../messages/routing.ts';
import { oversize, sizeLimits } from '../messages/size.ts';
import { probeAttribute, probeStream } from '../probe.ts';
import { isUnread } from '../sources/body.ts';
import { publishTime } from '../sources/fields.ts';
import type { Required } from '../sources/read-fields.ts';
import { readMessage, type ReadEvent, type SourceReading } from '../sources/read-message.ts';
import { sourceOfTopic } from '../sources/source-topic.ts';
import { eventsName, eventsSource, type Source } from '../sources/source.ts';
import type { StreamSettings } from '../stream-settings.ts';
import type { StreamRead } from '../sources/stream-name.ts';
import { invalid } from './check.ts';
import { examineEvent, type Examined } from './examine-event.ts';
import { typeOf } from './subject.ts';
import { voidRouting } from './void.ts';

/** The decision on one event of a message. */
export interface AssessedEvent {
  /** The event's own bytes, with the producer's attributes. Without both if the message is too large. */
  readonly message: Message;
  readonly examined: Examined;
  /** The text of a letter about the event's message. */
  readonly about: Omit<LetterOrigin, 'failedAtMs'>;
  /** If the message is too large to publish: the root under which the dead-letter store must keep it first. */
  readonly storeOversizedUnder: string | undefined;
  readonly isUnknownType: boolean;
}

/** The decisions on the events of a message. */
export interface AssessedMessage {
  /** The number of attributes that had names of Eventmend's own. */
  readonly renamed: number;
  /** One for each event. There is none in an empty array. */
  readonly events: Iterable<AssessedEvent>;
}

/** A message of a source, with all that decides about its events. */
interface Received {
  readonly delivery: Delivery;
  readonly source: Source;
  readonly provenance: Provenance;
  readonly facts: SourceFacts;
  readonly tooLarge: string | undefined;
  readonly catalog: Catalog;
}

/**
 * Decides where the events of a message go. If stream and id can be read, an event goes to track, valid or not.
 * Otherwise it goes to the dead-letter queue.
 */
export function assessMessage(delivery: Delivery, catalog: Catalog): AssessedMessage {
  const facts = factsOf(delivery, catalog);
  const source = catalog.sources.find(facts.source?.name ?? eventsName);
  const { attributes, renamed } = attributesFrom(delivery, source ?? eventsSource);
  const cleared = attributes === delivery.attributes ? delivery : { ...delivery, attributes };
  const received = {
    delivery: cleared,
    source: source ?? eventsSource,
    provenance: readProvenance(delivery),
    facts,
    tooLarge: oversize(cleared, sizeLimits(delivery.topic)),
    catalog,
  };
  return { renamed, events: source ? assessAll(received) : [unknownSource(received)] };
}

/** Returns the facts about the producer's message: those of the delivery, or those that came with it. */
function factsOf({ topic, attributes, orderingKey, publishedAtMs }: Delivery, catalog: Catalog): SourceFacts {
  if (topic === trustedTopic) return readFacts(attributes);
  const name = sourceOfTopic(topic) ?? eventsName;
  const needsTime = catalog.sources.find(name)?.format.fields.timestamp.includes(publishTime) === true;
  return {
    source: name === eventsName ? undefined : { name, position: undefined },
    publishedAtMs: needsTime ? publishedAtMs : undefined,
    orderingKey,
  };
}

function attributesFrom({ topic, attributes }: Delivery, source: Source): RenamedAttributes {
  // Only a replayed message has these attributes from its producer.
  if (topic === trustedTopic)
    return { attributes: isRecovery(attributes) ? attributes : renameAnswers(attributes, source), renamed: 0 };
  return renameReserved(attributes, { answers: source.answers, namesStream: source.stream === 'attribute' });
}

function* assessAll(message: Received): Iterable<AssessedEvent> {
  for (const reading of readingsOf(message)) {
    const { position } = reading;
    const received =
      position === undefined
        ? message
        : { ...message, facts: factsAt(message.facts, position), provenance: provenanceAt(message, position) };
    yield assessedEvent(received, reading, examine(received, reading));
  }
}

function readingsOf({ delivery, source, facts, tooLarge, catalog }: Received): Iterable<SourceReading> {
  // A message that is too large is not split.
  const isWhole = tooLarge !== undefined;
  const message = {
    data: delivery.data,
    attributes: delivery.attributes,
    orderingKey: facts.orderingKey,
    publishedAtMs: facts.publishedAtMs ?? delivery.publishedAtMs,
    position: facts.source?.position,
  };
  const rules = {
    limits: sizeLimits(delivery.topic),
    requiredIn: (stream: string) => requiredIn(catalog.stream(stream)),
  };
  return readMessage(isWhole ? { ...source, split: undefined } : source, message, rules);
}

function requiredIn({ key, numbering }: StreamSettings): Required {
  return { eventId: numbering !== 'none', uuid: key === 'uuid' || numbering === 'none' };
}

/** Returns the facts with the position of an event in its message. */
function factsAt({ source, ...rest }: SourceFacts, position: number): SourceFacts {
  return { ...rest, source: { name: source?.name ?? eventsName, position } };
}

/** Returns the provenance of an event of several. Its root ends in its position if its message was split now. */
function provenanceAt({ provenance, facts }: Received, position: number): Provenance {
  const wasSplit = facts.source?.position === undefined;
  return wasSplit ? { ...provenance, root: `${provenance.root}/${position}` } : provenance;
}

function assessedEvent(
  { provenance: { root, replay }, facts, tooLarge, catalog }: Received,
  { message, stream, content }: SourceReading,
  examined: Examined,
): AssessedEvent {
  const isKept = tooLarge !== undefined;
  const routing = 'routing' in examined ? examined.routing : undefined;
  const type = routing || isUnread(content) ? undefined : typeOf(content);
  return {
    message: isKept ? { data: new Uint8Array(), attributes: {} } : message,
    examined,
    about: {
      root,
      replay,
      keptBytes: isKept ? message.data.length : undefined,
      facts,
      type,
      ...(isUnread(stream) ? {} : stream),
    },
    storeOversizedUnder: isKept ? root : undefined,
    isUnknownType: routing?.kind === 'event' && !catalog.type(routing.type),
  };
}

/** Decides on a replayed message whose source the catalog no longer has. */
function unknownSource(received: Received): AssessedEvent {
  const { data, attributes } = received.delivery;
  const content = { code: 'ERR_INVALID_EVENT', detail: 'source: unknown to the catalog' } as const;
  const reading: SourceReading = { message: { data, attributes }, position: undefined, stream: content, content };
  return assessedEvent(received, reading, { failure: invalid(content.code, content.detail) });
}

function examine(received: Received, { stream: named, content }: SourceReading): Examined {
  const { delivery, source, provenance, facts, tooLarge, catalog } = received;
  const isVoid = readAttribute(delivery.attributes, 'isVoid') ?? false;
  const isNamedInVoid = isVoid && typeof source.stream === 'object';
  if (isUnread(named) && !isNamedInVoid) {
    // A stream that is made of values cannot be read from a body that cannot be read.
    const { code, detail } = isUnread(content) && source.stream !== 'attribute' ? content : named;
    return { failure: invalid(code, detail) };
  }
  const misplaced = isUnread(named) ? undefined : obstacleIn(named.stream, received);
  if (misplaced) return { failure: misplaced };
  const excess = tooLarge ?? (isUnread(content) ? undefined : content.body.excess);
  const failure = excess === undefined ? undefined : invalid('ERR_TOO_LARGE', excess);
  if (isUnread(content)) return { failure: failure ?? invalid(content.code, content.detail) };
  if (isVoid) return failure && content.body.object?.isSkimmed ? { failure } : examineVoid(received, named, content);
  const { stream } = named as { readonly stream: string };
  return examineEvent({ delivery, source, provenance, facts, stream, content, failure }, catalog);
}

function examineVoid(received: Received, named: StreamRead, { body: { object } }: ReadEvent): Examined {
  const { delivery, source, provenance, facts, catalog } = received;
  if (!object) return { failure: invalid('ERR_INVALID_EVENT', 'void: not a JSON object') };
  const fixed = isUnread(named) ? undefined : named.stream;
  const stream = source.stream === 'attribute' ? readAttribute(delivery.attributes, 'stream') : fixed;
  const examined = voidRouting(object, stream, provenance, facts, catalog);
  const misplaced = 'routing' in examined ? obstacleIn(examined.routing.stream, received) : undefined;
  return misplaced ? { failure: misplaced } : examined;
}

/** Returns why a message may not be in a stream. Undefined if it may. */
function obstacleIn(stream: string, { delivery, source, catalog }: Received): Failure | undefined {
  if (isMisplaced(stream, delivery)) return invalid('ERR_INVALID_EVENT', 'stream: reserved');
  if (catalog.sources.writersOf(stream).some(({ name }) => name === source.name)) return undefined;
  return invalid(details.otherSource.code, details.otherSource.detail);
}

/**
 * Whether a producer published in the probe's stream by mistake. No consumer would see the event, so it must become a
 * dead letter.
 */
function isMisplaced(stream: string, { topic, attributes }: Delivery): boolean {
  return stream === probeStream && topic !== trustedTopic && attributes[probeAttribute] === undefined;
}
