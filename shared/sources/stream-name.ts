import { defaultStream } from '../event.ts';
import { readAttribute } from '../messages/attributes.ts';
import type { Attributes } from '../messages/message.ts';
import type { Unread } from './body.ts';
import type { EventContents } from './contents.ts';
import { nameUnder } from './escaped-name.ts';
import { valueAt, type FieldPlace } from './place.ts';
import { textAtPlace } from './read-fields.ts';
import type { Source } from './source.ts';

/** The names of streams that producers may use, in words. */
export const streamNameForm = 'at most 128 letters, digits, ".", "_" and "-"; the first must be a letter or a digit';

/** Whether a text names a stream without being made of values of an event. */
export function isStreamName(text: string): boolean {
  return plainName.test(text);
}

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** The name of a stream, or the reason why it cannot be read. */
export type StreamRead = { readonly stream: string } | Unread;

/** Returns the stream of an event. @param contents Undefined if the body cannot be read. */
export function readStream(
  { name, stream }: Pick<Source, 'name' | 'stream'>,
  attributes: Attributes,
  contents: EventContents | undefined,
): StreamRead {
  if (stream === 'attribute') return streamInAttribute(attributes);
  if ('fixed' in stream) return { stream: stream.fixed };
  return contents ? streamOfValues(name, stream.places, contents) : missingAt(stream.places[0] ?? '');
}

function streamInAttribute(attributes: Attributes): StreamRead {
  const stream = readAttribute(attributes, 'stream') ?? defaultStream;
  return isStreamName(stream)
    ? { stream }
    : { code: 'ERR_INVALID_EVENT', detail: `stream: a name that is not allowed; it takes ${streamNameForm}` };
}

function streamOfValues(source: string, places: readonly FieldPlace[], contents: EventContents): StreamRead {
  const values: string[] = [];
  for (const place of places) {
    const text = textAtPlace({ value: valueAt(place, contents), place }, contents);
    if (text === undefined) return missingAt(place);
    values.push(text);
  }
  return { stream: nameUnder(source, values) };
}

function missingAt(place: FieldPlace): Unread {
  return { code: 'ERR_INVALID_EVENT', detail: `stream: no text and no whole number at ${place}` };
}
