import { digest, spellDigest } from '../digest.ts';
import { eventIdSchema } from '../event.ts';
import { uuidOf } from '../identity.ts';
import { details, type Failure } from '../failure.ts';
import { attributeNames, encodeAttributes, readAttribute } from '../messages/attributes.ts';
import type { Attributes, Delivery, Message } from '../messages/message.ts';
import { renameReserved, withoutDeadLettering } from '../messages/producer-attributes.ts';
import { readFailure } from '../messages/provenance.ts';
import { sourceOfSubscription } from '../sources/source-topic.ts';
import { eventsName } from '../sources/source.ts';
import { subscriptionNames, subscriptions } from '../topology.ts';

/** A filed dead letter, without its message. */
interface FiledLetter {
  /** The id of the letter in URLs and documents. It is derived from the root. */
  readonly id: string;
  readonly root: string;
  readonly status: 'open' | 'replayed' | 'discarded';
  readonly failure: Failure;
  readonly stream: string | undefined;
  readonly eventId: number | undefined;
  /** The uuid of an event without an id, as its key spells it. Absent for a failure, which has no key. */
  readonly uuid?: string | undefined;
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
  return spellDigest(digest(root));
}

/** Returns the stream of a message that was never read, by the catalog. Undefined if it cannot be read. */
export type StreamReader = (message: Message) => string | undefined;

/** Reads a letter from the dead-letter queue, written by Eventmend or by Pub/Sub. Every message becomes a letter. */
export function readLetter(
  { data, messageId, topic, publishedAtMs, ...delivery }: Delivery,
  nowMs: number,
  streamOf: StreamReader = ({ attributes }) => readAttribute(attributes, 'stream'),
): LetterRecord {
  const attributes = trustedAttributes(delivery.attributes);
  const isUnread = attributes !== delivery.attributes;
  const root = readAttribute(attributes, 'root') ?? `${topic}/${messageId}`;
  const eventId = eventIdSchema.safeParse(numberIn(attributes[attributeNames.eventId]));
  return {
    id: letterId(root),
    root,
    status: 'open',
    failure: givenUp(delivery.attributes) ?? readFailure(attributes) ?? unknownLetter,
    stream: isUnread ? streamOf({ data, attributes }) : readAttribute(attributes, 'stream'),
    eventId: eventId.data,
    ...(eventId.data === undefined && uuidOfLetter(attributes)),
    failedAtMs: readAttribute(attributes, 'failedAtMs') ?? publishedAtMs,
    filedAtMs: nowMs,
    messageIds: [messageId],
    message: { data, attributes: delivery.attributes },
  };
}

function uuidOfLetter(attributes: Attributes): { readonly uuid?: string } {
  const uuid = uuidOf(readAttribute(attributes, 'key') ?? '/');
  return uuid === undefined ? {} : { uuid };
}

/** Parses a number. NaN if the text is absent or empty. */
function numberIn(text: string | undefined): number {
  return text === undefined || text === '' ? Number.NaN : Number(text);
}

/**
 * Merges a letter into the filed record of its root. Returns the same record if the message was filed before. A letter
 * of an earlier replay than the record's comes late: the record keeps its reason and its number of replays.
 */
export function fileLetter(filed: LetterRecord | undefined, letter: LetterRecord): LetterRecord {
  const [messageId] = letter.messageIds;
  if (!filed || messageId === undefined) return letter;
  if (filed.messageIds.includes(messageId)) return filed;
  const isLate = replayNumberOf(letter) < replayNumberOf(filed);
  return { ...(isLate ? filed : letter), messageIds: [...filed.messageIds, messageId].slice(-maxMessageIds) };
}

/** Returns the number of the replay that a letter stems from; 0 if its message was never replayed. */
export function replayNumberOf({ message }: Pick<LetterRecord, 'message'>): number {
  return readAttribute(trustedAttributes(message.attributes), 'replay') ?? 0;
}

/** The topics on which only Eventmend publishes messages that hold an event. */
const topicsOfEventmend: readonly string[] = ['mended-events', 'validated-events'];

/**
 * Returns the attributes that can be trusted. Pub/Sub dead-letters a producer's message with all attributes that the
 * producer set. So of a message that Pub/Sub dead-lettered nothing is believed, unless only Eventmend publishes on its
 * topic. Its source is that of the subscription.
 */
export function trustedAttributes(attributes: Attributes): Attributes {
  const { CloudPubSubDeadLetterSourceSubscription: subscription } = attributes;
  if (subscription === undefined || isOfEventmend(subscription)) return attributes;
  const name = sourceOfSubscription(subscription);
  const isFromEvents = name === undefined || name === eventsName;
  const { attributes: renamed } = renameReserved(withoutDeadLettering(attributes), {
    namesStream: isFromEvents,
    // Validate knows whether the source answers.
    answers: true,
  });
  const source = isFromEvents ? undefined : { name, position: undefined };
  const publishedAtMs = isFromEvents ? undefined : publishTimeIn(attributes);
  return { ...renamed, ...encodeAttributes<'dead-letter-queue'>({ source, publishedAtMs }) };
}

function isOfEventmend(subscription: string): boolean {
  const name = subscriptionNames.find((ours) => ours === subscription);
  return name !== undefined && topicsOfEventmend.includes(subscriptions[name].topic);
}

/** Returns when Pub/Sub received the message that it dead-lettered. */
function publishTimeIn({ CloudPubSubDeadLetterSourceTopicPublishTime: text = '' }: Attributes): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * Returns the failure of a message that Pub/Sub gave up delivering to one of our subscriptions. Undefined if Pub/Sub did
 * not write the letter.
 */
function givenUp({
  CloudPubSubDeadLetterSourceSubscription: subscription,
  CloudPubSubDeadLetterSourceDeliveryCount: text,
}: Attributes): Failure | undefined {
  if (subscription === undefined) return undefined;
  const isOurs =
    subscriptionNames.some((ours) => ours === subscription) || sourceOfSubscription(subscription) !== undefined;
  if (!isOurs) return unknownLetter;
  const count = Number(text);
  const times = Number.isSafeInteger(count) ? ` after ${count} deliveries` : '';
  return { code: 'ERR_DELIVERY', stage: 'archive', detail: `subscription ${subscription} gave up${times}` };
}

const unknownLetter: Failure = { code: 'ERR_UNDECODABLE', stage: 'archive', detail: details.noLetter.detail };
