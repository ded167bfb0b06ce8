import { digest } from '../digest.ts';
import { eventIdSchema } from '../event.ts';
import { details, type Failure } from '../failure.ts';
import { attributeNames, readAttribute } from '../messages/attributes.ts';
import type { Attributes, Delivery, Message } from '../messages/message.ts';
import { subscriptionNames, subscriptions, type SubscriptionName } from '../topology.ts';
import { readFailure, stripProvenance } from '../messages/provenance.ts';

/** A filed dead letter, without its message. */
interface FiledLetter {
  /** Names the letter in addresses and documents: derived from its root. */
  readonly id: string;
  readonly root: string;
  readonly status: 'open' | 'replayed' | 'discarded';
  readonly failure: Failure;
  readonly stream: string | undefined;
  readonly eventId: number | undefined;
  /** Milliseconds since 1970, here and below. */
  readonly failedAtMs: number;
  readonly filedAtMs: number;
  /** Ids of the messages that brought it: it comes more than once after a crash, or when a replay fails again. */
  readonly messageIds: readonly string[];
}

/** A dead letter as it is filed: one for each root, however many copies of it arrive. */
export interface LetterRecord extends FiledLetter {
  readonly message: Message;
}

/** A dead letter in a list: all but its message, which may have 10 MB. */
export interface LetterHead extends FiledLetter {
  /** Undefined of a letter that was filed before excerpts were. */
  readonly excerpt: Excerpt | undefined;
}

/** The part of a message that a list shows. */
export interface Excerpt {
  /** How many bytes of data the message has. */
  readonly bytes: number;
  /** The first bytes of the data, at most {@link maxExcerptBytes}. */
  readonly beginning: Uint8Array;
  /** The message is kept under the letter's root, since it was too large to travel: the letter itself is without its data. */
  readonly isKept: boolean;
}

export const maxExcerptBytes = 480;

export function headOf({ message, ...filed }: LetterRecord): LetterHead {
  return { ...filed, excerpt: excerptOf(message) };
}

/** The excerpt of a letter's message. */
export function excerptOf({ data, attributes }: Message): Excerpt {
  // A copy: a view would keep the whole message in memory.
  const beginning = new Uint8Array(data.subarray(0, maxExcerptBytes));
  return { bytes: data.length, beginning, isKept: readAttribute(attributes, 'isKept') ?? false };
}

/** The most message ids that a record keeps; a letter that comes more often only loses the oldest. */
export const maxMessageIds = 32;

export function letterId(root: string): string {
  return Buffer.from(digest(root), 'latin1').toString('base64url');
}

/** Reads a letter from the dead-letter queue, be it Eventmend's or Pub/Sub's own. Nothing that arrives there is turned away. */
export function readLetter(
  { data, messageId, topic, publishedAtMs, ...delivery }: Delivery,
  nowMs: number,
): LetterRecord {
  const source = sourceOf(delivery.attributes);
  const attributes = trustedAttributes(delivery.attributes);
  const root = readAttribute(attributes, 'root') ?? `${topic}/${messageId}`;
  const eventId = eventIdSchema.safeParse(numberIn(attributes[attributeNames.eventId]));
  return {
    id: letterId(root),
    root,
    status: 'open',
    failure: source ? givenUp(source, delivery.attributes) : (readFailure(attributes) ?? strange),
    stream: attributes.stream,
    eventId: eventId.data,
    failedAtMs: readAttribute(attributes, 'failedAtMs') ?? publishedAtMs,
    filedAtMs: nowMs,
    messageIds: [messageId],
    message: { data, attributes: delivery.attributes },
  };
}

/** The number that a text is; NaN for none, and for an empty one. */
function numberIn(text: string | undefined): number {
  return text === undefined || text === '' ? Number.NaN : Number(text);
}

/** Files a letter beside what is filed of its root. The same record where the message has been filed before. */
export function fileLetter(filed: LetterRecord | undefined, letter: LetterRecord): LetterRecord {
  const [messageId] = letter.messageIds;
  if (!filed || messageId === undefined) return letter;
  if (filed.messageIds.includes(messageId)) return filed;
  return { ...letter, messageIds: [...filed.messageIds, messageId].slice(-maxMessageIds) };
}

/** Leaves out the attributes of a letter that cannot be trusted: Pub/Sub moves a producer's message with all attributes that it has. */
export function trustedAttributes(attributes: Attributes): Attributes {
  const source = sourceOf(attributes);
  return source !== undefined && subscriptions[source].topic === 'events' ? stripProvenance(attributes) : attributes;
}

/** The subscription that Pub/Sub gave up delivering to, if it is one of ours: only then is the letter Pub/Sub's own. */
function sourceOf(attributes: Attributes): SubscriptionName | undefined {
  return subscriptionNames.find((ours) => ours === attributes.CloudPubSubDeadLetterSourceSubscription);
}

function givenUp(source: SubscriptionName, { CloudPubSubDeadLetterSourceDeliveryCount: text }: Attributes): Failure {
  const count = Number(text);
  const times = Number.isSafeInteger(count) ? ` after ${count} deliveries` : '';
  return { code: 'ERR_DELIVERY', stage: 'archive', detail: `subscription ${source} gave up${times}` };
}

const strange: Failure = { code: 'ERR_UNDECODABLE', stage: 'archive', detail: details.noLetter.detail };
