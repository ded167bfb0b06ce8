import { digest, hexDigest, type Digest } from '../digest.ts';
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
import { contentDigest } from './content-digest.ts';
import type { LetterSummary } from './dead-letter.ts';

/** A letter that came from the dead-letter queue. */
export interface ArrivedLetter extends Pick<
  LetterSummary,
  'id' | 'root' | 'source' | 'stream' | 'type' | 'eventId' | 'uuid' | 'failedAtMs'
> {
  readonly failure: Failure;
  /** The number of the replay that failed. 0: the message was never replayed. */
  readonly replay: number;
  readonly messageId: string;
  readonly message: Message;
  /** The digest of the message. */
  readonly content: Digest;
}

export function letterId(root: string): string {
  return hexDigest(digest(root));
}

/** The subject of a letter, as far as it could be read. */
export type LetterSubject = Partial<Pick<LetterSummary, 'stream' | 'type' | 'eventId'>>;

/**
 * Reads a letter from the dead-letter queue, written by Eventmend or by Pub/Sub. Every message becomes a letter.
 *
 * @param subjectOf Reads what a message that was never read is about, by the catalog.
 */
export function readLetter(
  { data, messageId, topic, publishedAtMs, ...delivery }: Delivery,
  subjectOf: (message: Message) => LetterSubject = ({ attributes }) => ({
    stream: readAttribute(attributes, 'stream'),
  }),
): ArrivedLetter {
  const attributes = trustedAttributes(delivery.attributes);
  const gaveUp = givenUp(delivery.attributes);
  // A message that Pub/Sub gave up before validate wrote its attributes, of a producer or of a replay.
  const isUnread = gaveUp !== undefined && readAttribute(attributes, 'kind') === undefined;
  const root = readAttribute(attributes, 'root') ?? `${topic}/${messageId}`;
  const { stream, type, eventId } = isUnread ? subjectOf({ data, attributes }) : subjectIn(attributes);
  return {
    id: letterId(root),
    root,
    failure: gaveUp ?? readFailure(attributes) ?? unknownLetter,
    stream,
    eventId,
    ...(eventId === undefined && uuidOfLetter(attributes)),
    failedAtMs: readAttribute(attributes, 'failedAtMs') ?? publishedAtMs,
    source: readAttribute(attributes, 'source')?.name,
    type,
    replay: readAttribute(attributes, 'replay') ?? 0,
    messageId,
    message: { data, attributes: delivery.attributes },
    content: contentDigest({ data }, attributes, stream),
  };
}

/** Returns what the attributes of validate say. */
function subjectIn(attributes: Attributes): LetterSubject {
  const eventId = eventIdSchema.safeParse(numberIn(attributes[attributeNames.eventId]));
  const { [attributeNames.type]: type } = attributes;
  return { stream: readAttribute(attributes, 'stream'), type, eventId: eventId.data };
}

function uuidOfLetter(attributes: Attributes): { readonly uuid?: string } {
  const uuid = uuidOf(readAttribute(attributes, 'key') ?? '/');
  return uuid === undefined ? {} : { uuid };
}

/** Parses a number. NaN if the text is absent or empty. */
function numberIn(text: string | undefined): number {
  return text === undefined || text === '' ? Number.NaN : Number(text);
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
