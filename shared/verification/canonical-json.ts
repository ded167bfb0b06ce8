import { JsonIndex } from '../json-index.ts';
import { contentOf } from '../json-text.ts';
import { exactNumber } from './exact-number.ts';

/** The maximum depth of a value that is compared by its meaning. A deeper one equals only what is spelt like it. */
const maxDepth = 500;

/** Returns the same text for all spellings of a JSON value. Numbers are compared by their exact value. */
export function canonicalJson(text: string): string {
  const index = new JsonIndex(text);
  return index.depth > maxDepth ? text : canonicalValue(index, 0);
}

function canonicalValue(index: JsonIndex, value: number): string {
  const container = index.containerAt(value);
  if (container === undefined) return canonicalWord(index.textOf(value));
  const children = index.childrenOf(value);
  if (container === '[') return `[${children.map((child) => canonicalValue(index, child)).join()}]`;
  const members = new Map(children.map((child) => [index.nameOf(child), canonicalValue(index, child)]));
  const names = [...members.keys()].sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${members.get(name) ?? ''}`).join()}}`;
}

function canonicalWord(text: string): string {
  return text.startsWith('"') ? JSON.stringify(contentOf(text)) : (exactNumber(text) ?? text);
}
