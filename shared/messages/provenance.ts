import type { Digest } from '../digest.ts';
import type { Failure } from '../failure.ts';
import { internalPrefix, readAttribute, reservedNames, type Origin } from './attributes.ts';
import { filterAttributes, type Attributes, type Delivery } from './message.ts';

/** The history of a message. Trusted only on `mended-events`, to which nobody but Eventmend may publish. */
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

/** The topic whose provenance is trusted. */
export const trustedTopic = 'mended-events';

/** An attribute for Eventmend itself: written by one of its functions, or by Pub/Sub's dead-lettering. */
const internalName = new RegExp(`^(?:${internalPrefix}|CloudPubSubDeadLetter)`);

/** Whether only Eventmend may set an attribute. */
export function isReserved(name: string): boolean {
  return internalName.test(name) || reservedNames.includes(name);
}

/** Leaves a producer's message only the attributes that are its own to set. */
export function stripProvenance(attributes: Attributes): Attributes {
  return filterAttributes(attributes, (name) => !isReserved(name));
}

/** Leaves out what one function of Eventmend tells the next. */
export function stripInternal(attributes: Attributes): Attributes {
  return filterAttributes(attributes, (name) => !internalName.test(name));
}

export function readProvenance({ topic, messageId, attributes }: Delivery): Provenance {
  const own = `${topic}/${messageId}`;
  if (topic !== trustedTopic) {
    return { origin: 'producer', root: own, key: undefined, hash: undefined, refusal: undefined, replace: false };
  }
  return {
    origin: readAttribute(attributes, 'origin') ?? 'producer',
    root: readAttribute(attributes, 'root') ?? own,
    key: readAttribute(attributes, 'key'),
    hash: readAttribute(attributes, 'hash'),
    refusal: readAttribute(attributes, 'kind') === 'refusal' ? readFailure(attributes) : undefined,
    replace: readAttribute(attributes, 'replace') ?? false,
  };
}

/** The failure that a message carries. Undefined where it carries none. */
export function readFailure(attributes: Attributes): Failure | undefined {
  const code = readAttribute(attributes, 'code');
  const stage = readAttribute(attributes, 'stage');
  if (code === undefined || stage === undefined) return undefined;
  return { code, stage, detail: readAttribute(attributes, 'detail') ?? '' };
}
