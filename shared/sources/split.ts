import { openBracket } from '../json-characters.ts';
import { contentOf, isBlank, scanMembers, stringEnd } from '../json-text.ts';
import { pathOf } from '../json-pointer.ts';
import { valueIn } from './place.ts';

/** How a message that holds several events is split: `array`, `lines`, or the JSON Pointer to an array. */
export type Split = string;

/** One event of a text. */
export interface Element {
  /** The slice of the text. */
  readonly text: string;
  /** The position in the array from 0, or the number of the line from 1. */
  readonly position: number;
}

/** The maximum number of events in one message. */
export const maxElements = 10_000;

/** Returns the path of the array that a split names. Undefined for lines. */
export function arrayPathOf(split: Split): readonly string[] | undefined {
  if (split === 'lines') return undefined;
  return split === 'array' ? [] : pathOf(split);
}

/** Whether a JSON value has an array at a path. If not, the message is one event. */
export function hasArray(value: unknown, path: readonly string[]): boolean {
  return Array.isArray(valueIn(value, path));
}

/**
 * Returns the elements of an array in a JSON text, as slices of the text.
 *
 *     {"batch": [ {"id":1}, {"id":2} ]}      path: batch
 *                 ^──────^  ^──────^
 *
 * @param text Valid JSON with an array at the path.
 * @returns At most {@link maxElements} + 1 elements.
 */
export function elementsOf(text: string, path: readonly string[]): readonly Element[] {
  const array = sliceAt(text, path);
  const elements: Element[] = [];
  let from = skipBlanks(array, 0) + 1;
  while (elements.length <= maxElements) {
    from = skipBlanks(array, from);
    if (array[from] === ']') break;
    const end = valueEnd(array, from);
    elements.push({ text: array.slice(from, end), position: elements.length });
    from = skipBlanks(array, end);
    if (array[from] !== ',') break;
    from++;
  }
  return elements;
}

/** Returns the lines of a text that are not blank, at most {@link maxElements} + 1. */
export function linesIn(text: string): readonly Element[] {
  const elements: Element[] = [];
  let position = 0;
  for (let from = 0; from <= text.length && elements.length <= maxElements;) {
    position++;
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    const first = Math.min(end, skipBlanks(text, from));
    const line = text.slice(first, trimEnd(text, first, end));
    if (line !== '') elements.push({ text: line, position });
    from = end + 1;
  }
  return elements;
}

/** Returns the text of the value at a path. If a name occurs more than once, the last one counts, as in JSON.parse. */
export function sliceAt(text: string, [name, ...rest]: readonly string[]): string {
  if (name === undefined) return text;
  let found = '';
  if (text.charCodeAt(skipBlanks(text, 0)) === openBracket) found = elementsOf(text, [])[Number(name)]?.text ?? '';
  else
    scanMembers(text, (member) => {
      if (contentOf(member.name) === name) found = text.slice(member.from, member.to);
    });
  return sliceAt(found, rest);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Returns the index after the value that begins at an index. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = stringEnd(text, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      if (depth === 0) return trimEnd(text, from, at);
      depth--;
    } else if (character === ',' && depth === 0) return trimEnd(text, from, at);
  }
  return text.length;
}

function trimEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}
