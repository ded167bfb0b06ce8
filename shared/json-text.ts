import { backslash, closeBrace, closeBracket, colon, comma, openBrace, openBracket, quote } from './json-characters.ts';

/*
 * Functions that change a member in the text of a valid JSON object. All other bytes stay as the producer wrote them.
 * Parsing and serialising would change numbers.
 */

/** Appends a member to the object. */
export function appendMember(text: string, name: string, value: unknown): string {
  const end = text.lastIndexOf('}');
  const separator = /\{\s*$/.test(text.slice(0, end)) ? '' : ',';
  return `${text.slice(0, end)}${separator}${JSON.stringify(name)}:${JSON.stringify(value)}${text.slice(end)}`;
}

/** Replaces the value of a member everywhere the object names it, or appends the member. */
export function setMember(text: string, name: string, value: unknown): string {
  const written = JSON.stringify(value);
  let out = '';
  let done = 0;
  scanMembers(text, (member) => {
    if (contentOf(member.name) !== name) return;
    out += text.slice(done, member.from) + written;
    done = member.to;
  });
  return done === 0 ? appendMember(text, name, value) : out + text.slice(done);
}

/**
 * Returns the text of a member's value. If the name occurs more than once, it returns the last one, as JSON.parse does.
 */
export function memberText(text: string, name: string): string | undefined {
  let found: string | undefined;
  scanMembers(text, (member) => {
    if (contentOf(member.name) === name) found = text.slice(member.from, member.to);
  });
  return found;
}

/** The position of a member in a text. */
export interface MemberPlace {
  /** The name with its quotation marks. */
  readonly name: string;
  /** The index at which the value begins, and the index after the value. */
  readonly from: number;
  readonly to: number;
}

/**
 * Visits the members of the outermost object.
 *
 *     { "a" : [1, {"valid": 0}], "valid" : false }
 *       ^name ^from            ^to                  the inner `valid` belongs to another object
 *
 * @returns The index after the object. Undefined if the object does not end.
 */
export function scanMembers(text: string, visit: (member: MemberPlace) => void): number | undefined {
  let depth = 0;
  let name: string | undefined;
  let valueFrom = 0;
  const endValue = (at: number): void => {
    if (name !== undefined && valueFrom > 0) visit({ name, ...trimmed(text, valueFrom, at) });
    name = undefined;
    valueFrom = 0;
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = stringEnd(text, at);
      if (depth === 1 && name === undefined) name = text.slice(at, end);
      at = end - 1;
    } else if (code === openBrace || code === openBracket) depth++;
    else if (code === closeBrace || code === closeBracket) {
      if (depth === 1) {
        endValue(at);
        return at + 1;
      }
      depth--;
    } else if (depth === 1 && code === colon) valueFrom = at + 1;
    else if (depth === 1 && code === comma) endValue(at);
  }
  return undefined;
}

/** Returns the index after a string that begins at `from`. */
export function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at + 1;
}

/** Returns the value of a JSON string that has its quotation marks. */
export function contentOf(string: string): string {
  return string.includes('\\') ? (JSON.parse(string) as string) : string.slice(1, -1);
}

/** Whether a character is white space in JSON. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function trimmed(text: string, from: number, to: number): { readonly from: number; readonly to: number } {
  let first = from;
  let end = to;
  while (first < end && isBlank(text.charCodeAt(first))) first++;
  while (end > first && isBlank(text.charCodeAt(end - 1))) end--;
  return { from: first, to: end };
}
