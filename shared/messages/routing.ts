import type { Digest } from '../digest.ts';
import type { Failure } from '../failure.ts';
import {
  encodeAttributes,
  readAttribute,
  requireAttribute,
  type AttributesFor,
  type ClaimKind,
  type EntryRef,
  type Identity,
  type Origin,
  type SourceRef,
} from './attributes.ts';
import type { Attributes } from './message.ts';
import { isRecovery, methodOfRecovery, readFailure } from './provenance.ts';

/** The facts about a producer's message that are needed to read it again. */
export interface SourceFacts {
  /** Undefined for an event of the source `events`. */
  readonly source: SourceRef | undefined;
  /** When Pub/Sub received the message, in milliseconds since 1970. Undefined if no event of the source needs it. */
  readonly publishedAtMs: number | undefined;
  readonly orderingKey: string | undefined;
}

/** The results of validate for track and verify. They travel as attributes beside the producer's bytes. */
export interface RoutingAttributes {
  readonly kind: ClaimKind;
  readonly stream: string;
  readonly origin: Origin;
  readonly root: string;
  readonly key: string;
  readonly hash: Digest;
  /**
   * The identity of the event under other rules, if it differs: those before, or those of the next deployment. An entry
   * that has either identity is the event's own.
   */
  readonly formerly: Identity | undefined;
  /** The id that the message claims. An unnumbered stream has no ids: there it is the place, which no consumer sees. */
  readonly eventId: number;
  /**
   * The place of the event in an unnumbered stream; undefined in a numbered one. Validate decides it once, for the
   * producer's message. It never changes, even if the timestamp is corrected.
   */
  readonly place: number | undefined;
  /** The last id of a void. For other messages it equals `eventId`. */
  readonly lastId: number;
  /** Empty if it is not known. */
  readonly type: string;
  readonly instantMs: number | undefined;
  /** The digest of the event's entity; 0 if there is none. */
  readonly entity: number;
  /**
   * Whether the event must be checked: it is marked as invalid or the catalog wants a check, and no system of record
   * has answered yet.
   */
  readonly toBeChecked: boolean;
  readonly possibleDuplicate: boolean;
  /** A digest of verify's answer. Undefined if the message is none. */
  readonly answer: number | undefined;
  /** Whether the event comes from a system of record, because no message brought it. */
  readonly isRecovered: boolean;
  /** The number of the operator's replay that the message stems from; 0 if it was not replayed. */
  readonly replay: number;
  /** Of an operator's edit: where the entry of the message before the edit is. The edit may have another place. */
  readonly left: EntryRef | undefined;
  /** Whether the operator wants this content to supersede the event that has the key. */
  readonly replace: boolean;
  /** Whether the event was published, and is checked again. */
  readonly isRecheck?: boolean;
  /** Whether `valid` is missing and must be added when the event is published. Until then the bytes stay unchanged. */
  readonly repairs: boolean;
  readonly facts: SourceFacts;
  /**
   * When Pub/Sub received the producer's message, in milliseconds since 1970. Undefined if no message of a producer has just
   * brought the event, or if it is no event.
   */
  readonly receivedAtMs: number | undefined;
  /** The reason of a failure or a refusal. */
  readonly failure: Failure | undefined;
}

/**
 * @param keptBytes The length of the data of a message that is in the dead-letter store and travels without it. Undefined
 *   for any other message.
 */
export function encodeRouting(routing: RoutingAttributes, keptBytes?: number): Attributes {
  const { eventId, lastId, place, failure } = routing;
  return encodeAttributes<'validated-events'>({
    stream: routing.stream,
    origin: routing.origin,
    possibleDuplicate: routing.possibleDuplicate,
    kind: routing.kind,
    root: routing.root,
    key: routing.key,
    hash: routing.hash,
    formerly: routing.formerly,
    eventId: place === undefined ? eventId : undefined,
    place,
    lastId: lastId === eventId ? undefined : lastId,
    type: routing.type,
    instantMs: routing.instantMs,
    entity: routing.entity,
    toBeChecked: routing.toBeChecked,
    answer: routing.answer,
    method: routing.isRecovered ? methodOfRecovery : undefined,
    replay: routing.replay,
    left: routing.left,
    replace: routing.replace,
    isRecheck: routing.isRecheck,
    repairs: routing.repairs,
    ...routing.facts,
    receivedAtMs: routing.receivedAtMs,
    code: failure?.code,
    stage: failure?.stage,
    detail: failure?.detail,
    isKept: keptBytes !== undefined,
    keptBytes,
  } satisfies AttributesFor<'validated-events'>);
}

/** @throws InvariantError if validate did not write the attributes. */
export function decodeRouting(attributes: Attributes): RoutingAttributes {
  const place = readAttribute(attributes, 'place');
  const eventId = place ?? requireAttribute(attributes, 'eventId');
  return {
    kind: requireAttribute(attributes, 'kind'),
    stream: requireAttribute(attributes, 'stream'),
    origin: requireAttribute(attributes, 'origin'),
    root: requireAttribute(attributes, 'root'),
    key: requireAttribute(attributes, 'key'),
    hash: requireAttribute(attributes, 'hash'),
    formerly: readAttribute(attributes, 'formerly'),
    eventId,
    place,
    lastId: readAttribute(attributes, 'lastId') ?? eventId,
    type: requireAttribute(attributes, 'type'),
    instantMs: readAttribute(attributes, 'instantMs'),
    entity: requireAttribute(attributes, 'entity'),
    toBeChecked: requireAttribute(attributes, 'toBeChecked'),
    possibleDuplicate: requireAttribute(attributes, 'possibleDuplicate'),
    answer: readAttribute(attributes, 'answer'),
    isRecovered: isRecovery(attributes),
    replay: requireAttribute(attributes, 'replay'),
    left: readAttribute(attributes, 'left'),
    replace: requireAttribute(attributes, 'replace'),
    ...(readAttribute(attributes, 'isRecheck') === true && { isRecheck: true }),
    repairs: requireAttribute(attributes, 'repairs'),
    facts: readFacts(attributes),
    receivedAtMs: readAttribute(attributes, 'receivedAtMs'),
    failure: readFailure(attributes),
  };
}

/** Reads the facts about the producer's message. */
export function readFacts(attributes: Attributes): SourceFacts {
  return {
    source: readAttribute(attributes, 'source'),
    publishedAtMs: readAttribute(attributes, 'publishedAtMs'),
    orderingKey: readAttribute(attributes, 'orderingKey'),
  };
}
