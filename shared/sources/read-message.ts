import { filterAttributes, type Attributes, type Message } from '../messages/message.ts';
import type { SizeLimits } from '../messages/size.ts';
import { isUnread, readSourceBody, type SourceBody, type BodyKind, type Unread } from './body.ts';
import { contentsOf, isBinaryCloudEvent, missingSpecVersion, type EventContents } from './contents.ts';
import { readElements, type Elements } from './elements.ts';
import { memberNamesOf, type Format } from './format.ts';
import { readFields, type EventFields, type Required } from './read-fields.ts';
import type { Source } from './source.ts';
import { readStream, type StreamRead } from './stream-name.ts';

/** A message of a source, as it came from a producer or was sent round again. */
export interface SourceMessage extends Omit<Message, 'orderingKey'> {
  /** The producer's, which may have travelled in an attribute. */
  readonly orderingKey: string | undefined;
  /** When Pub/Sub received the producer's message, in milliseconds since 1970. */
  readonly publishedAtMs: number;
  /** The position that the event had in the producer's message. Undefined if the message was not split. */
  readonly position: number | undefined;
}

/** One event of a message, or the reason why it cannot be read. */
export interface SourceReading {
  /** The event's own bytes, with the attributes of its message. */
  readonly message: Message;
  /** The position of the event in the producer's message. Undefined if that is one event. */
  readonly position: number | undefined;
  readonly stream: StreamRead;
  readonly content: ReadEvent | Unread;
}

/** An event whose body was read. */
export interface ReadEvent {
  readonly body: SourceBody;
  readonly contents: EventContents;
  /** Undefined for the default format in a numbered stream, whose fields are the members of the body. */
  readonly fields: EventFields | undefined;
  /** The fields with the uuid of the other deployment, while the uuid is being changed. */
  readonly otherFields: EventFields | undefined;
  /** The contents as the format of the other deployment sees them. */
  readonly otherContents?: EventContents | undefined;
}

/** The rules by which messages are read besides those of their source. */
export interface ReadingRules {
  readonly limits: SizeLimits;
  /** Returns which fields an event of a stream must have. */
  readonly requiredIn: (stream: string) => Required;
}

/**
 * Reads the events of a message one by one. There is none in an empty array, in a tombstone and in a notice of the sender
 * itself. A text that does not parse, and one with too many events, is a single reading.
 */
export function* readMessage(source: Source, message: SourceMessage, rules: ReadingRules): Iterable<SourceReading> {
  const { format } = source;
  if (message.data.length === 0 && format.dropsEmpty) return;
  const elements = elementsIn(source, message);
  if (elements === undefined) yield* readOne(source, message, rules);
  else if (isUnread(elements)) yield unread(source, message, elements);
  else {
    const attributes = elements.wereCompressed ? withoutEncoding(message.attributes) : message.attributes;
    for (const { text, position } of elements.list)
      yield* readOne(source, { ...message, data: Buffer.from(text), attributes, position }, rules);
  }
}

/** Returns the events that a message is split into. Undefined if the message is one event. */
function elementsIn({ split, format }: Source, message: SourceMessage): Elements | Unread | undefined {
  if (split === undefined || message.position !== undefined || isBinary(format, message.attributes)) return undefined;
  return readElements(split, messageOf(message));
}

/** Reads one event. There is none in a notice of the sender itself. */
function* readOne(
  source: Source,
  message: SourceMessage,
  { limits, requiredIn }: ReadingRules,
): Iterable<SourceReading> {
  const { format, otherFormat } = source;
  const { attributes, orderingKey } = message;
  const body = readSourceBody(message, bodyKindOf(format, attributes), limits, () => memberNamesOf(format));
  if (isUnread(body)) {
    yield unread(source, message, body);
    return;
  }
  const contents = contentsOf(attributes, orderingKey, body, format);
  if (format.isNotice(contents.body)) return;
  const otherContents = otherFormat && contentsOf(attributes, orderingKey, body, otherFormat);
  const stream = readStream(source, attributes, contents);
  const required = isUnread(stream) ? { eventId: false, uuid: false } : requiredIn(stream.stream);
  const isPlain = format.name === undefined && required.eventId;
  const content = {
    body,
    contents,
    fields: isPlain ? undefined : fieldsOf(message, contents, format, required),
    otherContents,
    otherFields: otherFormat && otherContents && fieldsOf(message, otherContents, otherFormat, required),
  };
  yield { message: messageOf(message), position: message.position, stream, content };
}

function fieldsOf(
  { publishedAtMs }: SourceMessage,
  contents: EventContents,
  format: Format,
  required: Required,
): EventFields {
  const read = readFields(format, contents, publishedAtMs, required);
  return {
    ...read,
    problems: [...missingSpecVersion(format, contents), ...format.misfitsOf(contents.body), ...read.problems],
  };
}

function unread(source: Source, message: SourceMessage, content: Unread): SourceReading {
  const stream = readStream(source, message.attributes, undefined);
  return { message: messageOf(message), position: message.position, stream, content };
}

function messageOf({ data, attributes }: SourceMessage): Message {
  return { data, attributes };
}

function bodyKindOf(format: Format, attributes: Attributes): BodyKind {
  return isBinary(format, attributes) ? 'any' : format.body;
}

function isBinary({ isCloudEvents }: Format, attributes: Attributes): boolean {
  return isCloudEvents && isBinaryCloudEvent(attributes);
}

/** Removes the attribute that calls the data compressed. */
function withoutEncoding(attributes: Attributes): Attributes {
  return filterAttributes(attributes, (name) => name.toLowerCase() !== 'content-encoding');
}
