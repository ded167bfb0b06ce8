import { defaultStream, readableEventId } from '../../shared/event.ts';
import { readJsonObject } from '../../shared/json.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { sizeLimits } from '../../shared/messages/size.ts';
import { isUnread } from '../../shared/sources/body.ts';
import { readMessage } from '../../shared/sources/read-message.ts';
import { topicOfSource } from '../../shared/sources/source-topic.ts';
import { eventsName, type Source } from '../../shared/sources/source.ts';
import type { Sources } from '../../shared/sources/sources.ts';
import type { SourceTopic } from '../../shared/topology.ts';
import { findOpenSource, type SourceChoice } from '../chosen-source.ts';
import { UsageError } from '../command.ts';
import { checkStream } from '../connection.ts';

/** The way in which a responder reads its events, and where it sends them. */
export interface AnswerSource {
  readonly stream: string;
  readonly topic: 'events' | SourceTopic;
  /** Whether the attribute `stream` names the stream of a message. */
  readonly namesStream: boolean;
  /** Reads the id of an event. Undefined if it cannot be read. */
  readonly idOf: IdReader;
}

/** An event of a file. Attributes and ordering key are those of its message, if the file holds pulled messages. */
export interface HeldEvent {
  readonly data: Buffer;
  readonly attributes?: Attributes | undefined;
  readonly orderingKey?: string | undefined;
}

export type IdReader = (event: HeldEvent) => number | 'of another stream' | undefined;

/** Events of the default format, in a stream that an attribute names. */
export function answerByDefault(stream: string): AnswerSource {
  // A pulled message can be a void, which is no event.
  const isOther = ({ attributes }: HeldEvent): boolean =>
    (attributes?.stream ?? stream) !== stream || attributes?.void === 'true';
  const idOf: IdReader = (event) => (isOther(event) ? 'of another stream' : defaultIdOf(event));
  return { stream, topic: 'events', namesStream: true, idOf };
}

export function defaultIdOf({ data }: HeldEvent): number | undefined {
  const object = readJsonObject(data);
  return typeof object === 'string' ? undefined : readableEventId(object);
}

/** @throws UsageError if the source is not found, obeys no answers, or has streams of which none is named. */
export function chooseAnswerSource(sources: Sources, choice: SourceChoice, stream: string): AnswerSource {
  const source = findOpenSource(sources, choice);
  if (!source || source.name === eventsName) {
    checkStream(stream);
    return answerByDefault(stream);
  }
  if (!source.answers)
    throw new UsageError(`the source ${source.name} obeys no answers: set \`answers: true\` for it in the catalog`);
  const own = ownStream(source, stream);
  return {
    stream: own,
    topic: topicOfSource(source.name),
    namesStream: false,
    idOf: (event) => idIn(event, source, own),
  };
}

function ownStream({ name, stream }: Source, wanted: string): string {
  if (typeof stream === 'object' && 'fixed' in stream) return stream.fixed;
  if (wanted !== defaultStream) return wanted;
  throw new UsageError(`the source ${name} has several streams: name one with --stream, as eventmend streams lists it`);
}

function idIn(event: HeldEvent, source: Source, stream: string): ReturnType<IdReader> {
  const { data, attributes = {}, orderingKey } = event;
  const message = { data, attributes, orderingKey, publishedAtMs: 0, position: undefined };
  const rules = { limits: sizeLimits(eventsName), requiredIn: () => ({ eventId: true, uuid: false }) };
  const [reading] = readMessage({ ...source, split: undefined }, message, rules);
  if (!reading || isUnread(reading.stream) || isUnread(reading.content)) return undefined;
  if (reading.stream.stream !== stream) return 'of another stream';
  const { fields, body } = reading.content;
  return fields ? fields.eventId : body.object && readableEventId(body.object);
}
