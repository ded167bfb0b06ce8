import { ownMember } from '../../shared/event.ts';
import { setMember } from '../../shared/json-text.ts';
import { attributeNames } from '../../shared/messages/attributes.ts';
import { attributesOf, type Message } from '../../shared/messages/message.ts';

/** The attribute in which the line of an event's file travels. */
export const lineAttribute = 'line';
/** The attribute in which its place among the file's events travels: several may stand on one line. */
export const recordAttribute = 'record';

/** Writes a clean event as a line: as it came in, and under `_eventmend` what was done to it, if anything was. */
export function cleanLine({ data, attributes }: Message): string {
  const { origin, repaired, confidence, method, supersedes, verification } = attributes;
  const done = attributesOf({ repaired, confidence, method, supersedes, verification });
  const isUntouched = origin === 'producer' && Object.keys(done).length === 0;
  const text = inOneLine(Buffer.from(data).toString());
  if (isUntouched) return text;
  const { [ownMember]: before } = JSON.parse(text) as { readonly [ownMember]?: object };
  return setMember(text, ownMember, {
    ...before,
    origin,
    ...done,
    ...(confidence && { confidence: Number(confidence) }),
  });
}

/** Writes a dead letter as a line. What is not UTF-8 stands as base64. */
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

/** Line breaks stand only between an event's members: in its strings they are escaped. */
function inOneLine(text: string): string {
  return text.includes('\n') || text.includes('\r') ? text.replaceAll(/[\r\n]+/g, ' ') : text;
}
