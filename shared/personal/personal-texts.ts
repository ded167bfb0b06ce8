import { JsonIndex } from '../json-index.ts';
import { decodeUtf8, readJson } from '../json.ts';
import type { Message } from '../messages/message.ts';
import { decompress, isUnread } from '../sources/body.ts';
import { contentTypeOf } from '../sources/content-type.ts';
import { membersOfForm, readForm } from '../sources/form.ts';
import { linesIn } from '../sources/split.ts';

/**
 * Returns the events of a message as JSON texts: one for each element of an array and for each line. A form is an object
 * of texts. Undefined if the message cannot be read.
 */
export function eventTextsOf({ data, attributes }: Message): readonly string[] | undefined {
  if (data.length === 0) return [];
  const bytes = decompress(data);
  if (isUnread(bytes)) return undefined;
  const json = readJson(bytes);
  if (typeof json === 'object') return elementTexts(json.text);
  const text = json === 'not JSON' ? decodeUtf8(bytes) : undefined;
  if (text === undefined) return undefined;
  if (contentTypeOf(attributes) === 'application/x-www-form-urlencoded') return formTexts(text);
  return lineTexts(text) ?? formTexts(text);
}

/** Returns everything that a message says, as texts in which a pattern is looked for. */
export function wholeTextsOf(message: Message): readonly string[] {
  const read = decompress(message.data);
  const bytes = isUnread(read) ? message.data : read;
  const text = decodeUtf8(bytes) ?? Buffer.from(bytes).toString('latin1');
  // A character can be escaped in JSON, and encoded in a form.
  const decoded = /[\\%+]/.test(text) ? (eventTextsOf(message) ?? []).map(withoutEscapes) : [];
  return [text, ...decoded, ...Object.values(message.attributes)];
}

function elementTexts(text: string): readonly string[] {
  const index = new JsonIndex(text);
  return index.containerAt(0) === '[' ? index.childrenOf(0).map((element) => index.textOf(element)) : [text];
}

function lineTexts(text: string): readonly string[] | undefined {
  const lines = linesIn(text).map((line) => line.text);
  return lines.every((line) => typeof readJson(Buffer.from(line)) === 'object') ? lines : undefined;
}

function formTexts(text: string): readonly string[] | undefined {
  const pairs = readForm(text);
  return typeof pairs === 'string' ? undefined : [JSON.stringify(membersOfForm(pairs))];
}

function withoutEscapes(json: string): string {
  return JSON.stringify(JSON.parse(json)).replaceAll(/\\(["\\/])/g, '$1');
}
