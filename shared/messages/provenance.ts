import type { Digest } from '../digest.ts';
import { isCode, isStage, type Failure } from '../failure.ts';
import { filterAttributes, type Attributes, type Delivery } from './message.ts';

/** Where an event on the clean topic comes from. */
export const origins = ['producer', 'verified', 'corrected', 'reconstructed', 'replayed'] as const;
export type Origin = (typeof origins)[number];

/** What a message says of its own past. Believed only on `mended-events`, to which nobody but Eventmend may publish. */
export interface Provenance {
  readonly origin: Origin;
  /** Topic and id of the producer's message behind this one. */
  readonly root: string;
  /** The key taken from the producer's bytes; undefined where it is to be taken from these bytes. */
  readonly key: string | undefined;
  readonly hash: Digest | undefined;
  /** Set where verify refused the event. */
  readonly refusal: Failure | undefined;
  /** The operator wants this content to stand in place of what the key holds. */
  readonly replace: boolean;
}

/** The topic whose provenance is believed. */
export const believedTopic = 'mended-events';

const ours = /^(?:eventmend-|CloudPubSubDeadLetter)/;
/** The attributes that only Eventmend may set, besides those with its prefix and Pub/Sub's. */
export const reservedNames: readonly string[] = [
  'origin',
  'root',
  'idempotency_key',
  'supersedes',
  'confidence',
  'method',
  'verification',
  'repaired',
];

/** Tells whether only Eventmend may set an attribute. */
export function isReserved(name: string): boolean {
  return ours.test(name) || reservedNames.includes(name);
}

/** Leaves a producer's message only the attributes that are its own to set. */
export function stripProvenance(attributes: Attributes): Attributes {
  return filterAttributes(attributes, (name) => !isReserved(name));
}

/** Leaves out what one function of Eventmend tells the next. */
export function stripInternal(attributes: Attributes): Attributes {
  return filterAttributes(attributes, (name) => !ours.test(name));
}

export function readProvenance({ topic, messageId, attributes }: Delivery): Provenance {
  const own = `${topic}/${messageId}`;
  if (topic !== believedTopic) {
    return { origin: 'producer', root: own, key: undefined, hash: undefined, refusal: undefined, replace: false };
  }
  const hash = attributes['eventmend-hash'];
  return {
    origin: origins.find((origin) => origin === attributes.origin) ?? 'producer',
    root: attributes['eventmend-root'] ?? own,
    key: attributes['eventmend-key'],
    hash: hash === undefined ? undefined : readDigest(hash),
    refusal: attributes['eventmend-kind'] === 'refusal' ? readFailure(attributes) : undefined,
    replace: attributes['eventmend-replace'] === 'true',
  };
}

export function failureAttributes({ code, stage, detail }: Failure): Attributes {
  return { 'eventmend-code': code, 'eventmend-stage': stage, 'eventmend-detail': detail };
}

/** The failure that a message carries. Undefined where it carries none. */
export function readFailure(attributes: Attributes): Failure | undefined {
  const code = attributes['eventmend-code'];
  const stage = attributes['eventmend-stage'];
  if (!isCode(code) || !isStage(stage)) return undefined;
  return { code, stage, detail: attributes['eventmend-detail'] ?? '' };
}

/** A digest as an attribute, whose values are text. */
export function writeDigest(digest: Digest): string {
  return Buffer.from(digest, 'latin1').toString('base64url');
}

export function readDigest(text: string): Digest {
  return Buffer.from(text, 'base64url').toString('latin1');
}
