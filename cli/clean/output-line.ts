import { ownMember } from '../../shared/event.ts';
import { setMember } from '../../shared/json-text.ts';
import { attributeNames } from '../../shared/messages/attributes.ts';
import { attributesOf, type Message } from '../../shared/messages/message.ts';
import type { TakenRecord } from './taken-record.ts';

/** The attribute that carries the line of an event in its file. */
export const lineAttribute = 'line';
/** The attribute that carries the number of an event in its file. One line may hold several events. */
export const recordAttribute = 'record';

/** Adds the place of a record in its file to a message about it. */
export function placed(message: Message, { line, number }: Pick<TakenRecord, 'line' | 'number'>): Message {
  const place = { [lineAttribute]: String(line), [recordAttribute]: String(number) };
  return { ...message, attributes: { ...message.attributes, ...place } };
}

/** Writes a clean event as one line. If Eventmend made or changed the event, its member `_eventmend` says how. */
export function cleanLine({ data, attributes }: Message): string {
  const { origin, repaired, confidence, method, supersedes, verification } = attributes;
  const done = attributesOf({ repaired, confidence, method, supersedes, verification });
  const isUntouched = origin === 'producer' && Object.keys(done).length === 0;
  const text = inOneLine(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString());
  if (isUntouched) return text;
  const { [ownMember]: before } = JSON.parse(text) as { readonly [ownMember]?: object };
  return setMember(text, ownMember, {
    ...before,
    origin,
    ...done,
    ...(confidence && { confidence: Number(confidence) }),
  });
}

/** Writes a dead letter as one line. Bytes that are not UTF-8 are written as base64. */
export function letterLine({ data, attributes }: Message): string {
  const bytes = Buffer.from(data);
  const original = bytes.toString();
  const isText = Buffer.from(original).equals(bytes);
  const line = attributes[lineAttribute];
  return JSON.stringify({
    code: attributes[attributeNames.code] ?? 'ERR_DELIVERY',
    stage: attributes[attributeNames.stage],
    detail: attributes[attributeNames.detail],
    line: line === undefined ? null : Number(line),
    stream: attributes.stream,
    ...(isText ? { original } : { originalBase64: bytes.toString('base64') }),
  });
}

/** Replaces line breaks by spaces. They occur only between the members of an event: in its strings they are escaped. */
function inOneLine(text: string): string {
  return text.includes('\n') || text.includes('\r') ? text.replaceAll(/[\r\n]+/g, ' ') : text;
}
