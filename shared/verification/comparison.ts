import type { Instant } from '../instant.ts';
import type { Comparison } from '../record-mapping.ts';
import { parseEpoch } from '../timestamps/epoch.ts';
import { parseIso8601 } from '../timestamps/iso8601.ts';
import { parseRfc2822 } from '../timestamps/rfc2822.ts';
import { canonicalJson } from './canonical-json.ts';
import { exactNumber } from './exact-number.ts';
import { stringIn } from './json-places.ts';

/*
 * Values are compared by their JSON text, since a plain parse rounds numbers. An absent value is `undefined`, and
 * counts as `null`.
 */

/** Whether two values are equal. Both are JSON text. Values that cannot be read as wanted are compared as JSON. */
export function areEqual(one: string | undefined, other: string | undefined, as: Comparison): boolean {
  const [a, b] = [one ?? 'null', other ?? 'null'];
  const left = meaningOf(a, as);
  const right = meaningOf(b, as);
  if (left === undefined || right === undefined) return canonicalJson(a) === canonicalJson(b);
  return left === right;
}

/**
 * Returns the record's value in the form that the event uses: a number or a text, a time in text or in a unit.
 *
 * @param own The event's value; undefined if it has none.
 */
export function spellLike(own: string | undefined, value: string, as: Comparison): string {
  const isText = own?.startsWith('"') ?? false;
  const plain = stringIn(value) ?? value;
  switch (as) {
    case 'value':
      return value;
    case 'number':
      if (exactNumber(plain) === undefined) return value;
      return isText ? JSON.stringify(plain) : withoutLeadingZeros(plain);
    case 'boolean':
      if (plain !== 'true' && plain !== 'false') return value;
      return isText ? JSON.stringify(plain) : plain;
    case 'time':
    case 's':
    case 'ms':
      return spellTimeLike(own, value, as);
  }
}

/** Returns the same text for all spellings of a value. Undefined if the value is not of that kind. */
function meaningOf(text: string, as: Comparison): string | undefined {
  const plain = stringIn(text) ?? text;
  switch (as) {
    case 'value':
      return canonicalJson(text);
    case 'number':
      return exactNumber(plain);
    case 'boolean':
      return plain === 'true' || plain === 'false' ? plain : undefined;
    case 'time':
    case 's':
    case 'ms':
      return instantIn(text, as)?.exact;
  }
}

function spellTimeLike(own: string | undefined, value: string, as: 'time' | 's' | 'ms'): string {
  const instant = instantIn(value, as);
  if (!instant) return value;
  const isNumber = own !== undefined && exactNumber(own) !== undefined;
  if (isNumber && as !== 'time') return String(as === 's' ? instant.ms / 1_000 : instant.ms);
  return JSON.stringify(new Date(instant.ms).toISOString());
}

/** Reads a time: ISO 8601 or RFC 2822 in text, or a number in a unit, as Stripe and HubSpot write them. */
function instantIn(text: string, as: 'time' | 's' | 'ms'): Instant | undefined {
  const written = stringIn(text);
  const ofText = written === undefined ? undefined : (parseIso8601(written) ?? parseRfc2822(written));
  return ofText ?? (as === 'time' ? undefined : parseEpoch(written ?? text, as));
}

/** Makes a number that JSON takes from one with leading zeros. */
function withoutLeadingZeros(number: string): string {
  return number.replace(/^(-?)0+(?=\d)/, '$1');
}
