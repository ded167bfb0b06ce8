import type { Catalog } from '../catalog-definition.ts';
import { fieldReplacements } from '../content-hash.ts';
import { identitiesOf } from '../event-identity.ts';
import { makeLetter } from '../messages/letter.ts';
import { oversize, sizeLimits } from '../messages/size.ts';
import { shortDigest } from '../digest.ts';
import { defaultStream, readableEventId, readableInstant, readableUuid, streamSchema, textAt } from '../event.ts';
import type { Failure } from '../failure.ts';
import { inferredKey } from '../identity.ts';
import type { Instant } from '../instant.ts';
import { readJsonObject, skimJsonObject, type JsonObject, type Unreadable } from '../json.ts';
import { readAttribute } from '../messages/attributes.ts';
import type { Delivery, Message } from '../messages/message.ts';
import { probeAttribute, probeStream } from '../probe.ts';
import type { TopicName } from '../topology.ts';
import { isToBeChecked } from './verification-policy.ts';
import { checkEvent, invalid, type Checked } from './check.ts';
import { encodeRouting, type RoutingAttributes } from '../messages/routing.ts';
import {
  trustedTopic,
  readProvenance,
  stripInternal,
  stripProvenance,
  type Provenance,
} from '../messages/provenance.ts';
import { voidRouting } from './void.ts';

/** The decision of validate on a message. */
export interface Assessment {
  readonly topic: Extract<TopicName, 'validated-events' | 'dead-letter-queue'>;
  readonly message: Message;
  /** If the message is too large to publish: the root under which the dead-letter store must keep it first. */
  readonly storeOversizedUnder: string | undefined;
  /** The number of removed attributes that only Eventmend may set. */
  readonly stripped: number;
  readonly isUnknownType: boolean;
}

/** A message whose stream and JSON were read. */
interface Reading {
  readonly delivery: Delivery;
  readonly provenance: Provenance;
  readonly stream: string;
  readonly object: JsonObject;
}

/** The routing attributes for track, or the failure of a message that cannot go to track. */
type Examined = { readonly routing: RoutingAttributes } | { readonly failure: Failure };

/**
 * Decides where a message goes. If stream and id can be read, it goes to track, valid or not. Otherwise it goes to the
 * dead-letter queue.
 */
export function assess(delivery: Delivery, catalog: Catalog, nowMs: number): Assessment {
  const attributes = delivery.topic === trustedTopic ? delivery.attributes : stripProvenance(delivery.attributes);
  const received: Delivery = { ...delivery, attributes };
  const provenance = readProvenance(delivery);
  const tooLarge = oversize(received, sizeLimits(received.topic));
  const examined = examine(received, provenance, tooLarge, catalog);
  const outgoing: Message = tooLarge === undefined ? received : { data: new Uint8Array(), attributes: {} };
  const common = {
    storeOversizedUnder: tooLarge === undefined ? undefined : provenance.root,
    stripped: Object.keys(delivery.attributes).length - Object.keys(attributes).length,
    isUnknownType: 'routing' in examined && examined.routing.kind === 'event' && !catalog.type(examined.routing.type),
  };
  if ('routing' in examined) {
    return {
      ...common,
      topic: 'validated-events',
      message: forTrack(outgoing, examined.routing, tooLarge !== undefined),
    };
  }
  const { root } = provenance;
  const isKept = tooLarge !== undefined;
  const stream = streamOf(received);
  const letter = makeLetter(outgoing, examined.failure, {
    root,
    failedAtMs: nowMs,
    isKept,
    ...(stream && { stream }),
  });
  return { ...common, topic: 'dead-letter-queue', message: letter };
}

function forTrack({ data, attributes }: Message, routing: RoutingAttributes, isKept: boolean): Message {
  return { data, attributes: { ...stripInternal(attributes), ...encodeRouting(routing, isKept) } };
}

function examine(delivery: Delivery, provenance: Provenance, tooLarge: string | undefined, catalog: Catalog): Examined {
  const stream = streamOf(delivery);
  const { object, tooMany } = read(delivery);
  const excess = tooLarge ?? tooMany;
  if (stream === undefined) return { failure: invalid('ERR_INVALID_EVENT', 'stream: invalid_format') };
  if (isMisplaced(stream, delivery)) return { failure: invalid('ERR_INVALID_EVENT', 'stream: reserved') };
  const failure = excess === undefined ? undefined : invalid('ERR_TOO_LARGE', excess);
  if (typeof object === 'string') {
    const code = object === 'not an object' ? 'ERR_INVALID_EVENT' : 'ERR_UNDECODABLE';
    return { failure: failure ?? invalid(code, object) };
  }
  const reading: Reading = { delivery, provenance, stream, object };
  if (readAttribute(delivery.attributes, 'isVoid')) {
    if (failure && object.isSkimmed) return { failure };
    return voidRouting(object, delivery.attributes.stream, provenance, catalog);
  }
  const checked: Checked = failure ? { failure } : checkEvent(object, delivery.topic, provenance, catalog);
  return examineEvent(reading, checked, catalog);
}

/**
 * Reads the JSON of a message. If it has too many nodes to be parsed, only the members that identify the event are
 * read.
 */
function read({ data, topic }: Delivery): { readonly object: JsonObject | Unreadable; readonly tooMany?: string } {
  const { nodes } = sizeLimits(topic);
  const object = readJsonObject(data, nodes);
  if (object !== 'too many nodes') return { object };
  const tooMany = `data: more than ${nodes} values and names`;
  return { object: skimJsonObject(data, ['event_id', 'timestamp', 'uuid']) ?? object, tooMany };
}

/** Returns the stream of a message, or the default one. Undefined if the name is invalid. */
function streamOf({ attributes }: Delivery): string | undefined {
  const stream = streamSchema.safeParse(attributes.stream ?? defaultStream);
  return stream.success ? stream.data : undefined;
}

/**
 * Whether a producer published in the probe's stream by mistake. No consumer would see the event, so it must become a
 * dead letter.
 */
function isMisplaced(stream: string, { topic, attributes }: Delivery): boolean {
  return stream === probeStream && topic !== trustedTopic && attributes[probeAttribute] === undefined;
}

function examineEvent(reading: Reading, checked: Checked, catalog: Catalog): Examined {
  const { provenance, stream, object, delivery } = reading;
  const eventId = readableEventId(object);
  const failure = 'failure' in checked ? checked.failure : provenance.refusal;
  if (eventId === undefined) {
    return { failure: failure ?? invalid('ERR_INVALID_EVENT', 'event_id: unreadable') };
  }
  const { origin, root } = provenance;
  const event = 'event' in checked ? checked.event : undefined;
  const instant = readableInstant(object);
  const type = event ? catalog.type(event.type) : undefined;
  const identity = identify(reading, eventId, instant);
  const { key } = identity;
  const routing: RoutingAttributes = {
    kind: kindOf(checked, provenance),
    stream,
    origin,
    root,
    ...identity,
    eventId,
    place: provenance.place,
    lastId: eventId,
    type: event?.type ?? '',
    instantMs: instant?.ms,
    entity: provenance.refusal ? 0 : entityOf(object, type?.entity),
    toBeChecked: event !== undefined && isToBeChecked({ origin, valid: event.valid ?? true, key }, type),
    possibleDuplicate: readAttribute(delivery.attributes, 'possibleDuplicate') ?? false,
    answer: provenance.answer,
    isRecovered: provenance.isRecovered,
    replay: provenance.replay,
    replace: provenance.replace,
    repairs: event !== undefined && event.valid === undefined && !provenance.refusal,
    failure,
  };
  return { routing };
}

function kindOf(checked: Checked, { refusal, origin }: Provenance): RoutingAttributes['kind'] {
  if ('failure' in checked) return 'failure';
  if (refusal) return 'refusal';
  return origin === 'reconstructed' ? 'reconstruction' : 'event';
}

/**
 * Returns the identity that a message carries, or else that of its bytes. All inferences of an id have the same key. If
 * an event has neither a uuid nor a readable timestamp, its key is its root.
 */
function identify(
  { provenance, object }: Reading,
  eventId: number,
  instant: Instant | undefined,
): Pick<RoutingAttributes, 'key' | 'hash' | 'formerly'> {
  const { origin, root, key, hash } = provenance;
  if (key !== undefined && hash !== undefined) return { key, hash, formerly: provenance.formerly };
  const identities = identitiesOf(
    {
      object,
      instant,
      eventId,
      root,
      uuid: readableUuid(object),
      replacements: fieldReplacements(object, instant),
      isDefaultFormat: true,
    },
    { key: undefined, ignore: [] },
    undefined,
  );
  const inferred = origin === 'reconstructed' ? inferredKey(eventId) : undefined;
  const { formerly } = identities;
  return {
    key: key ?? inferred ?? identities.key,
    hash: hash ?? identities.hash,
    formerly: formerly && { ...formerly, key: inferred ?? formerly.key },
  };
}

function entityOf({ members }: JsonObject, path: string | undefined): number {
  const name = path === undefined ? undefined : textAt(members, path);
  return name === undefined ? 0 : shortDigest(name);
}
