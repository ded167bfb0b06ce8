import { digest, spellDigest } from '../digest.ts';

/*
 * Names that are made of values of an event: streams, and joined types and uuids. No producer can spell a `~`, so no
 * name of a producer equals one of these.
 *
 *     {value}~.{value}      a character outside [A-Za-z0-9._-] is `~` and two hexadecimal digits for each byte
 *     {90 characters}~~{digest}       if the name would be too long
 */

/** The maximum length of a name, in characters. */
const maxLength = 128;
const keptLength = 90;
const separator = '~.';
const cut = '~~';
const unsafe = /[^A-Za-z0-9._-]/gu;

/** Joins values to one name. */
export function joinNames(values: readonly string[]): string {
  return shorten(values.map(escapeName).join(separator));
}

/** Joins values to one name below a prefix, which is not escaped. */
export function nameUnder(prefix: string, values: readonly string[]): string {
  return shorten([prefix, ...values.map(escapeName)].join(separator));
}

/** Returns the prefix of a name and its values. Undefined if the name was shortened: then its values are not known. */
export function namesIn(name: string): readonly string[] | undefined {
  return name.includes(cut) ? undefined : name.split(separator).map(unescapeName);
}

/** Returns the part of a name before its first separator. Undefined if it has none. */
export function prefixOf(name: string): string | undefined {
  const end = name.indexOf('~');
  return end < 0 ? undefined : name.slice(0, end);
}

function escapeName(value: string): string {
  return value.replace(unsafe, (character) =>
    [...Buffer.from(character)].map((byte) => `~${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

function unescapeName(escaped: string): string {
  const bytes = escaped.replace(/~([0-9a-f]{2})|([^~]+)/g, (_, hex: string | undefined, rest: string | undefined) =>
    rest === undefined ? (hex ?? '') : Buffer.from(rest).toString('hex'),
  );
  return Buffer.from(bytes, 'hex').toString();
}

function shorten(name: string): string {
  if (name.length <= maxLength) return name;
  return `${name.slice(0, keptLength)}${cut}${spellDigest(digest(name))}`;
}
