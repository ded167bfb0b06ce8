import { digest } from '../digest.ts';
import { eventIdSchema } from '../event.ts';
import { details, type Failure } from '../failure.ts';
import { attributeNames, readAttribute } from '../messages/attributes.ts';
import type { Attributes, Delivery, Message } from '../messages/message.ts';
import { subscriptionNames, subscriptions, type SubscriptionName } from '../topology.ts';
import { readFailure, stripProvenance } from '../messages/provenance.ts';

/** A filed dead letter, without its message. */
interface FiledLetter {
  /** The id of the letter in URLs and documents. It is derived from the root. */
  readonly id: string;
  readonly root: string;
  readonly status: 'open' | 'replayed' | 'discarded';
  readonly failure: Failure;
  readonly stream: string | undefined;
  readonly eventId: number | undefined;
  /** Milliseconds since 1970, here and below. */
  readonly failedAtMs: number;
  readonly filedAtMs: number;
  /** Ids of the messages that carried the letter. After a crash, or when a replay fails again, there are several. */
  readonly messageIds: readonly string[];
}

/** A filed dead letter with its message. There is one for each root, even if several copies arrive. */
export interface LetterRecord extends FiledLetter {
  readonly message: Message;
}

/** A dead letter in a list, without its message, which may have 10 MB. */
export interface LetterHead extends FiledLetter {
  /** Undefined for a letter from a release that stored no excerpts. */
  readonly excerpt: Excerpt | undefined;
}

/** The part of a message that a list shows. */
export interface Excerpt {
  /** The length of the message's data. */
  readonly bytes: number;
  /** The first bytes of the data, at most {@link maxExcerptBytes}. */
  readonly beginning: Uint8Array;
  /**
   * Whether the message was too large to publish. Then it is kept under the letter's root, and the letter has no data.
   */
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

/** The maximum number of message ids in a record. Older ids are dropped. */
export const maxMessageIds = 32;

export function letterId(root: string): string {
  return Buffer.from(digest(root), 'latin1').toString('base64url');
}

/** Reads a letter from the dead-letter queue, written by Eventmend or by Pub/Sub. Every message becomes a letter. */
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
    failure: source ? givenUp(source, delivery.attributes) : (readFailure(attributes) ?? unknownLetter),
    stream: attributes.stream,
    eventId: eventId.data,
    failedAtMs: readAttribute(attributes, 'failedAtMs') ?? publishedAtMs,
    filedAtMs: nowMs,
    messageIds: [messageId],
    message: { data, attributes: delivery.attributes },
  };
}

/** Parses a number. NaN if the text is absent or empty. */
function numberIn(text: string | undefined): number {
  return text === undefined || text === '' ? Number.NaN : Number(text);
}

/** Merges a letter into the filed record of its root. Returns the same record if the message was filed before. */
export function fileLetter(filed: LetterRecord | undefined, letter: LetterRecord): LetterRecord {
  const [messageId] = letter.messageIds;
  if (!filed || messageId === undefined) return letter;
  if (filed.messageIds.includes(messageId)) return filed;
  return { ...letter, messageIds: [...filed.messageIds, messageId].slice(-maxMessageIds) };
}

/**
 * Removes attributes that cannot be trusted: Pub/Sub dead-letters a producer's message with all attributes that the
 * producer set.
 */
export function trustedAttributes(attributes: Attributes): Attributes {
  const source = sourceOf(attributes);
  return source !== undefined && subscriptions[source].topic === 'events' ? stripProvenance(attributes) : attributes;
}

/**
 * Returns the subscription that Pub/Sub gave up on, if it is one of ours. Otherwise Pub/Sub did not write the letter.
 */
function sourceOf(attributes: Attributes): SubscriptionName | undefined {
  return subscriptionNames.find((ours) => ours === attributes.CloudPubSubDeadLetterSourceSubscription);
}

function givenUp(source: SubscriptionName, { CloudPubSubDeadLetterSourceDeliveryCount: text }: Attributes): Failure {
  const count = Number(text);
  const times = Number.isSafeInteger(count) ? ` after ${count} deliveries` : '';
  return { code: 'ERR_DELIVERY', stage: 'archive', detail: `subscription ${source} gave up${times}` };
}

const unknownLetter: Failure = { code: 'ERR_UNDECODABLE', stage: 'archive', detail: details.noLetter.detail };
