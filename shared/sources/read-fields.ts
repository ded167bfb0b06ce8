import { parseDecimal } from '../decimal.ts';
import { spellExactInstant, type Instant } from '../instant.ts';
import { parseEpoch } from '../timestamps/epoch.ts';
import { parseIso8601 } from '../timestamps/iso8601.ts';
import { parseRfc2822 } from '../timestamps/rfc2822.ts';
import type { EventContents } from './contents.ts';
import { joinNames } from './escaped-name.ts';
import { publishTime, type FieldName, type Joined, type TimestampPlace } from './fields.ts';
import type { Format } from './format.ts';
import { valueAt, type FieldPlace } from './place.ts';

/** The fields of an event, under the names and with the types of the default format. */
export type FieldValues = Readonly<Partial<Record<FieldName, unknown>>>;

export interface ReadFields {
  /** The fields that were read. */
  readonly members: FieldValues;
  /** Why each of the others was not read, without values. */
  readonly problems: readonly string[];
}

/** A field that was read, or the reason why not. Neither for a field that may be missing. */
type Field = { readonly value: unknown } | { readonly problem: string } | undefined;

/** The fields without which a message is no event of its stream. */
export interface Required {
  readonly eventId: boolean;
  readonly uuid: boolean;
}

/** Reads the fields of an event. @param publishedAtMs When Pub/Sub received the message, in milliseconds since 1970. */
export function readFields(
  { fields }: Format,
  contents: EventContents,
  publishedAtMs: number,
  required: Required,
): ReadFields {
  const { event_id, type, timestamp, uuid, valid, data } = fields;
  const all: Readonly<Record<FieldName, Field>> = {
    event_id: readEventId(event_id, contents) ?? missing('event_id', event_id, required.eventId),
    type: readText('type', type, contents) ?? missing('type', type, true),
    timestamp: readTimestamp(timestamp, contents, publishedAtMs) ?? missing('timestamp', timestamp, true),
    uuid: uuid === 'content' ? undefined : (readText('uuid', uuid, contents) ?? missing('uuid', uuid, required.uuid)),
    valid: readFlag(valid, contents),
    data: find(data, contents),
  };
  const read = Object.entries(all);
  return {
    members: Object.fromEntries(
      read.flatMap(([name, field]) => (field && 'value' in field ? [[name, field.value]] : [])),
    ),
    problems: read.flatMap(([, field]) => (field && 'problem' in field ? [field.problem] : [])),
  };
}

/** A value and its place. */
interface Found {
  readonly value: unknown;
  readonly place: FieldPlace;
}

/** Returns the value at the first place that has one. `null` counts as none. */
function find(places: readonly FieldPlace[], contents: EventContents): Found | undefined {
  for (const place of places) {
    const value = place === '' ? contents.body : valueAt(place, contents);
    if (value !== undefined && value !== null) return { value, place };
  }
  return undefined;
}

const digits = /^\d+$/;

function readEventId(places: readonly FieldPlace[], contents: EventContents): Field {
  const found = find(places, contents);
  if (!found) return undefined;
  const { value, place } = found;
  const id = typeof value === 'number' ? wholeNumber(contents.spell(place, value)) : textId(value);
  return id === undefined
    ? misfit('event_id', found, 'a whole number from 0 to 2^53−1, or its digits as text')
    : { value: id };
}

function textId(value: unknown): number | undefined {
  return typeof value === 'string' && digits.test(value) ? wholeNumber(value) : undefined;
}

/** The most digits of an id: 2^53−1 has 16. */
const maxIdDigits = 16n;

/** Reads a number as an id. Undefined if it is not exactly a whole number from 0 to 2^53−1. */
function wholeNumber(text: string): number | undefined {
  const decimal = parseDecimal(text);
  if (!decimal || decimal.isNegative || decimal.point > maxIdDigits) return undefined;
  if (decimal.point < decimal.digits.length) return undefined;
  const id = Number(decimal.digits.padEnd(Number(decimal.point), '0'));
  return Number.isSafeInteger(id) ? id : undefined;
}

function readText(name: FieldName, places: readonly (FieldPlace | Joined)[], contents: EventContents): Field {
  for (const place of places) {
    const field = typeof place === 'string' ? readSingle(name, place, contents) : readJoined(name, place, contents);
    if (field) return field;
  }
  return undefined;
}

function readSingle(name: FieldName, place: FieldPlace, contents: EventContents): Field {
  const found = find([place], contents);
  if (!found) return undefined;
  const text = textAtPlace(found, contents);
  return text === undefined ? misfit(name, found, 'a text or a whole number') : { value: text };
}

/** Reads a value that is joined of several. The first of them must be there; each of the others may be missing. */
function readJoined(name: FieldName, { joined }: Joined, contents: EventContents): Field {
  const found = joined.map((place) => find([place], contents));
  if (!found[0]) return undefined;
  const texts: string[] = [];
  for (const each of found) {
    const text = each ? textAtPlace(each, contents) : '';
    if (each && text === undefined) return misfit(name, each, 'a text or a whole number');
    texts.push(text ?? '');
  }
  return { value: joinNames(texts) };
}

const wholeDigits = /^-?\d+$/;

/** Returns a text, or the digits of a whole number. */
export function textAtPlace({ value, place }: Found, contents: EventContents): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return undefined;
  const spelt = contents.spell(place, value);
  return wholeDigits.test(spelt) ? spelt : undefined;
}

function readTimestamp(places: readonly TimestampPlace[], contents: EventContents, publishedAtMs: number): Field {
  for (const each of places) {
    if (each === publishTime) return { value: new Date(publishedAtMs).toISOString() };
    const { at, in: form } = typeof each === 'string' ? { at: each, in: undefined } : each;
    const found = find([at], contents);
    if (!found) continue;
    const instant = instantOf(found, form, contents);
    return instant ? { value: spellExactInstant(instant) } : misfit('timestamp', found, acceptedTimes[form ?? 'iso']);
  }
  return undefined;
}

type TimestampForm = Exclude<TimestampPlace, FieldPlace>['in'];

const iso = 'an ISO 8601 date and time';
const acceptedTimes: Readonly<Record<TimestampForm | 'iso', string>> = {
  s: `a number of seconds since 1970, or ${iso}`,
  ms: `a number of milliseconds since 1970, or ${iso}`,
  us: `a number of microseconds since 1970, or ${iso}`,
  rfc2822: `an RFC 2822 date and time, or ${iso}`,
  iso,
};

function instantOf(
  { value, place }: Found,
  form: TimestampForm | undefined,
  contents: EventContents,
): Instant | undefined {
  if (form !== undefined && form !== 'rfc2822') {
    if (typeof value === 'number') return parseEpoch(contents.spell(place, value), form);
    if (typeof value === 'string' && wholeDigits.test(value)) return parseEpoch(value, form);
  }
  if (typeof value !== 'string') return undefined;
  return (form === 'rfc2822' ? parseRfc2822(value) : undefined) ?? parseIso8601(value);
}

function readFlag(places: readonly FieldPlace[], contents: EventContents): Field {
  const found = find(places, contents);
  if (!found) return undefined;
  const { value } = found;
  if (typeof value === 'boolean') return { value };
  if (value === 'true' || value === 'false') return { value: value === 'true' };
  return misfit('valid', found, 'true or false');
}

function missing(
  name: FieldName,
  places: readonly (FieldPlace | Joined | TimestampPlace)[],
  isRequired: boolean,
): Field {
  if (!isRequired) return undefined;
  const spelt = places.map((place) => (typeof place === 'string' ? place : 'at' in place ? place.at : place.joined[0]));
  return { problem: spelt.length === 0 ? `${name}: the format has none` : `${name}: missing at ${spelt.join(', ')}` };
}

function misfit(name: FieldName, { value, place }: Found, accepted: string): Field {
  return { problem: `${name} at ${place}: ${kindOf(value)} is found; ${accepted} is accepted` };
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text of another form';
  if (typeof value === 'number') return 'another number';
  if (typeof value === 'boolean') return 'true or false';
  return Array.isArray(value) ? 'an array' : 'an object';
}
