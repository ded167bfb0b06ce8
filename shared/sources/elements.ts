import { maxNodes, readJson, decodeUtf8 } from '../json.ts';
import type { Message } from '../messages/message.ts';
import { decompress, isUnread, unreadable, type Unread } from './body.ts';
import { arrayPathOf, elementsOf, hasArray, linesIn, maxElements, type Element, type Split } from './split.ts';

/** The events that a message was split into. */
export interface Elements {
  readonly list: readonly Element[];
  /** Whether the message was compressed. Its events are not. */
  readonly wereCompressed: boolean;
}

/**
 * The maximum number of values and names in the JSON of a message that is split. Each of its events has the usual limit.
 * `JSON.parse` takes some 0.3 s for that many.
 */
const maxSplitNodes = 10 * maxNodes;

/** The maximum size of all events of a message, each with a copy of the attributes, in bytes. */
const maxSplitBytes = 64_000_000;

/** Reads the events that a message is split into. Undefined if the message has no array where the split expects it. */
export function readElements(split: Split, message: Message): Elements | Unread | undefined {
  const bytes = decompress(message.data);
  if (isUnread(bytes)) return bytes;
  const list = listOf(split, bytes);
  if (!list || isUnread(list)) return list;
  const excess = excessOf(list, bytes, message);
  return excess === undefined
    ? { list, wereCompressed: bytes !== message.data }
    : { code: 'ERR_TOO_LARGE', detail: excess };
}

function listOf(split: Split, bytes: Uint8Array): readonly Element[] | Unread | undefined {
  const path = arrayPathOf(split);
  if (path === undefined) {
    const text = decodeUtf8(bytes);
    return text === undefined ? unreadable('not UTF-8') : linesIn(text);
  }
  const json = readJson(bytes, maxSplitNodes);
  if (json === 'too many nodes')
    return { code: 'ERR_TOO_LARGE', detail: `data: more than ${maxSplitNodes} values and names` };
  if (typeof json === 'string') return unreadable(json);
  return hasArray(json.value, path) ? elementsOf(json.text, path) : undefined;
}

function excessOf(list: readonly Element[], bytes: Uint8Array, { attributes }: Message): string | undefined {
  if (list.length > maxElements) return `data: more than ${maxElements} events`;
  const attributeBytes = Object.entries(attributes).reduce((sum, each) => sum + Buffer.byteLength(each.join('')), 0);
  return bytes.length + list.length * attributeBytes > maxSplitBytes
    ? `data: more than ${maxSplitBytes / 1_000_000} MB of events with their attributes`
    : undefined;
}
