import type { Digest } from '../digest.ts';
import type { Failure } from '../failure.ts';
import {
  internalPrefix,
  readAttribute,
  reservedNames,
  type EntryRef,
  type Identity,
  type Origin,
} from './attributes.ts';
import { filterAttributes, type Attributes, type Delivery } from './message.ts';

/** The history of a message. It is trusted only on `mended-events`, to which only Eventmend may publish. */
export interface Provenance {
  readonly origin: Origin;
  /** Topic and id of the producer's message from which this one stems. */
  readonly root: string;
  /** The key of the producer's event. Undefined if the key follows from these bytes. */
  readonly key: string | undefined;
  readonly hash: Digest | undefined;
  readonly formerly: Identity | undefined;
  /** The place of the event in an unnumbered stream. Undefined if it follows from these bytes. */
  readonly place: number | undefined;
  /** A digest of verify's answer. Undefined if the message is none. */
  readonly answer: number | undefined;
  readonly isRecovered: boolean;
  /** The number of the replay; 0 if it was not replayed. */
  readonly replay: number;
  /** Of an operator's edit: where the entry of the message before the edit is. */
  readonly left: EntryRef | undefined;
  /** Set if verify refused the event. */
  readonly refusal: Failure | undefined;
  /** Whether the operator wants this content to supersede the event that has the key. */
  readonly replace: boolean;
  /** Whether the event was published, and is checked again. */
  readonly isRecheck: boolean;
  /** When Pub/Sub received the producer's message, in milliseconds since 1970. Undefined for a message that Eventmend began. */
  readonly receivedAtMs: number | undefined;
}

/** The topic whose provenance is trusted. */
export const trustedTopic = 'mended-events';

/** Matches internal attributes: those of Eventmend, and those of Pub/Sub's dead-lettering. */
const internalName = new RegExp(`^(?:${internalPrefix}|CloudPubSubDeadLetter)`);

/** Whether only Eventmend may set an attribute. */
export function isReserved(name: string): boolean {
  return internalName.test(name) || reservedNames.includes(name);
}

/** Removes internal attributes. */
export function stripInternal(attributes: Attributes): Attributes {
  return filterAttributes(attributes, (name) => !internalName.test(name));
}

export function readProvenance({ topic, messageId, attributes, publishedAtMs }: Delivery): Provenance {
  const own = `${topic}/${messageId}`;
  if (topic !== trustedTopic) {
    return {
      origin: 'producer',
      root: own,
      key: undefined,
      hash: undefined,
      formerly: undefined,
      place: undefined,
      answer: undefined,
      isRecovered: false,
      replay: 0,
      left: undefined,
      refusal: undefined,
      replace: false,
      isRecheck: false,
      receivedAtMs: publishedAtMs,
    };
  }
  return {
    origin: readAttribute(attributes, 'origin') ?? 'producer',
    root: readAttribute(attributes, 'root') ?? own,
    key: readAttribute(attributes, 'key'),
    hash: readAttribute(attributes, 'hash'),
    formerly: readAttribute(attributes, 'formerly'),
    place: readAttribute(attributes, 'place'),
    answer: readAttribute(attributes, 'answer'),
    isRecovered: isRecovery(attributes),
    replay: readAttribute(attributes, 'replay') ?? 0,
    left: readAttribute(attributes, 'left'),
    refusal: readAttribute(attributes, 'kind') === 'refusal' ? readFailure(attributes) : undefined,
    replace: readAttribute(attributes, 'replace') ?? false,
    isRecheck: readAttribute(attributes, 'isRecheck') ?? false,
    receivedAtMs: readAttribute(attributes, 'receivedAtMs'),
  };
}

/** The method of events that a system of record has and no message brought. */
export const methodOfRecovery = 'recovered';

/** Whether a message holds an event that comes from a system of record. */
export function isRecovery(attributes: Attributes): boolean {
  return readAttribute(attributes, 'method') === methodOfRecovery;
}

/** Reads the failure from the attributes of a message. Undefined if there is none. */
export function readFailure(attributes: Attributes): Failure | undefined {
  const code = readAttribute(attributes, 'code');
  const stage = readAttribute(attributes, 'stage');
  if (code === undefined || stage === undefined) return undefined;
  return { code, stage, detail: readAttribute(attributes, 'detail') ?? '' };
}
