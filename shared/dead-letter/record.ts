import { digest } from '../digest.ts';
import type { Failure } from '../failure.ts';
import type { Attributes, Delivery, Message } from '../message.ts';
import { subscriptionNames } from '../topology.ts';
import { readFailure } from '../validation/provenance.ts';

/** A dead letter as it is filed: one for each root, however many copies of it arrive. */
export interface LetterRecord {
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
  readonly message: Message;
}

/** The most message ids that a record keeps; a letter that comes more often only loses the oldest. */
const maxMessageIds = 32;

export function letterId(root: string): string {
  return Buffer.from(digest(root), 'latin1').toString('base64url');
}

/** Reads a letter from the dead-letter queue, be it Eventmend's or Pub/Sub's own. Nothing that arrives there is turned away. */
export function readLetter(delivery: Delivery, nowMs: number): LetterRecord {
  const { attributes, messageId, topic, publishedAtMs } = delivery;
  const root = attributes['eventmend-root'] ?? `${topic}/${messageId}`;
  const eventId = attributes['eventmend-id'];
  return {
    id: letterId(root),
    root,
    status: 'open',
    failure: givenUp(attributes) ?? readFailure(attributes) ?? strange,
    stream: attributes.stream,
    eventId: eventId === undefined ? undefined : Number(eventId),
    failedAtMs: Date.parse(attributes['eventmend-failed-at'] ?? '') || publishedAtMs,
    filedAtMs: nowMs,
    messageIds: [messageId],
    message: { data: delivery.data, attributes },
  };
}

/** Files a letter beside what is filed of its root. The same record where the message has been filed before. */
export function fileLetter(filed: LetterRecord | undefined, letter: LetterRecord): LetterRecord {
  const [messageId] = letter.messageIds;
  if (!filed || messageId === undefined) return letter;
  if (filed.messageIds.includes(messageId)) return filed;
  return { ...letter, messageIds: [...filed.messageIds, messageId].slice(-maxMessageIds) };
}

/** Pub/Sub's own letter says which subscription gave up; only ours counts. */
function givenUp(attributes: Attributes): Failure | undefined {
  const name = attributes.CloudPubSubDeadLetterSourceSubscription;
  const subscription = subscriptionNames.find((ours) => ours === name);
  if (subscription === undefined) return undefined;
  const count = Number(attributes.CloudPubSubDeadLetterSourceDeliveryCount);
  const detail = `subscription ${subscription} gave up${Number.isSafeInteger(count) ? ` after ${count} deliveries` : ''}`;
  return { code: 'ERR_DELIVERY', stage: 'archive', detail };
}

const strange: Failure = { code: 'ERR_UNDECODABLE', stage: 'archive', detail: 'no letter of ours' };
