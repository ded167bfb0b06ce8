import { readEventId } from '../fields/event-id.ts';
import { lookalikeOf, type SoughtField } from '../fields/lookalike.ts';
import { spellMisfit, type Read } from '../fields/misfit.ts';
import { readTimestamp } from '../fields/timestamp.ts';
import { readType } from '../fields/type.ts';
import { readValid } from '../fields/valid.ts';
import { uuidKey } from '../identity.ts';
import { makeInstant, type Instant } from '../instant.ts';
import type { EventContents } from './contents.ts';
import { joinNames } from './escaped-name.ts';
import { publishTime, type Joined, type TimestampPlace } from './fields.ts';
import type { Format } from './format.ts';
import { valueAt, type FieldPlace } from './place.ts';

/** The fields of an event, as far as they could be read. */
export interface EventFields {
  readonly eventId: number | undefined;
  readonly type: string | undefined;
  readonly instant: Instant | undefined;
  /** Whether the instant is when Pub/Sub received the message. Then it is no part of the event's content. */
  readonly isTimeOfReceipt: boolean;
  /** The key that the event's uuid makes. */
  readonly uuidKey: string | undefined;
  /** Undefined if the event does not say. */
  readonly valid: boolean | undefined;
  readonly data: unknown;
  /** Why required fields were not read, and why others do not fit, without values. */
  readonly problems: readonly string[];
}

/** The fields that an event must have besides type and timestamp. */
export interface Required {
  readonly eventId: boolean;
  readonly uuid: boolean;
}

/** A field that was read, or the problem with it. Neither for a field that may be missing. */
type Field<T> = { readonly value: T } | { readonly problem: string } | undefined;

/** Reads the fields of an event. @param publishedAtMs When Pub/Sub received the message, in milliseconds since 1970. */
export function readFields(
  { fields }: Format,
  contents: EventContents,
  publishedAtMs: number,
  required: Required,
): EventFields {
  const eventId = eventIdField(fields.event_id, contents, required.eventId);
  const type = typeField(fields.type, contents);
  const timestamp = timestampField(fields.timestamp, contents, publishedAtMs);
  const uuid = fields.uuid === 'content' ? undefined : uuidField(fields.uuid, contents, required.uuid);
  const valid = validField(fields.valid, contents);
  const all: readonly Field<unknown>[] = [eventId, type, timestamp, uuid, valid];
  return {
    eventId: valueOf(eventId),
    type: valueOf(type),
    instant: valueOf(timestamp),
    isTimeOfReceipt: timestamp !== undefined && 'isReceipt' in timestamp,
    uuidKey: valueOf(uuid),
    valid: valueOf(valid),
    data: find(fields.data, contents)?.value,
    problems: all.flatMap((field) => (field && 'problem' in field ? [field.problem] : [])),
  };
}

function valueOf<T>(field: Field<T>): T | undefined {
  return field && 'value' in field ? field.value : undefined;
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

/** Reads the id. In an unnumbered stream it plays no part, and may be any value. */
function eventIdField(places: readonly FieldPlace[], contents: EventContents, isRequired: boolean): Field<number> {
  const found = find(places, contents);
  const read = readEventId(found?.value, speltIn(found, contents), true);
  if (!isRequired && 'misfit' in read) return undefined;
  return fieldOf('event_id', places, found, read, contents);
}

function typeField(places: readonly (FieldPlace | Joined)[], contents: EventContents): Field<string> {
  for (const place of places) {
    const joined = typeof place === 'string' ? undefined : joinedAt(place, contents);
    if (joined !== undefined) return { value: joined };
    const found = typeof place === 'string' ? find([place], contents) : undefined;
    const text = found && textAtPlace(found, contents);
    if (found) return fieldOf('type', [place], found, readType(text ?? found.value), contents);
  }
  return fieldOf('type', places, undefined, readType(undefined), contents);
}

function uuidField(
  places: readonly (FieldPlace | Joined)[],
  contents: EventContents,
  isRequired: boolean,
): Field<string> {
  for (const place of places) {
    const key = typeof place === 'string' ? uuidKeyAt(place, contents) : joinedAt(place, contents);
    if (key !== undefined) return { value: key };
  }
  if (!isRequired) return undefined;
  const misfit = { misfit: { found: 'missing', accepted: 'a text that no other event has' } };
  return fieldOf('uuid', places, undefined, misfit, contents);
}

function uuidKeyAt(place: FieldPlace, contents: EventContents): string | undefined {
  const { value } = find([place], contents) ?? {};
  return uuidKey(value, () => (typeof value === 'number' ? contents.spell(place, value) : JSON.stringify(value)));
}

function timestampField(
  places: readonly TimestampPlace[],
  contents: EventContents,
  publishedAtMs: number,
): Field<Instant> | { readonly value: Instant; readonly isReceipt: true } {
  for (const each of places) {
    const received = each === publishTime ? makeInstant(publishedAtMs) : undefined;
    if (received) return { value: received, isReceipt: true };
    const { at, in: form } = formOf(each);
    const found = find([at], contents);
    const read = readTimestamp(found?.value, speltIn(found, contents), form);
    if (found) return fieldOf('timestamp', [each], found, read, contents);
  }
  const [first = ''] = places;
  return fieldOf('timestamp', places, undefined, readTimestamp(undefined, undefined, formOf(first).in), contents);
}

function formOf(place: TimestampPlace) {
  return typeof place === 'string' ? { at: place, in: undefined } : place;
}

function validField(places: readonly FieldPlace[], contents: EventContents): Field<boolean> {
  const found = find(places, contents);
  if (!found) return undefined;
  const { value } = found;
  const read = readValid(value === 'true' || value === 'false' ? value === 'true' : value);
  return 'value' in read && read.value === undefined
    ? undefined
    : fieldOf('valid', places, found, read as Read<boolean>, contents);
}

/**
 * Returns a value that is joined of several. Undefined if the first of them is missing, if one is no text and no whole
 * number, or if all are blank. Each of the others may be missing.
 */
function joinedAt({ joined }: Joined, contents: EventContents): string | undefined {
  const found = joined.map((place) => find([place], contents));
  if (!found[0]) return undefined;
  const texts = found.map((each) => (each ? textAtPlace(each, contents) : ''));
  const isBlank = texts.every((text) => text?.trim() === '');
  return isBlank || texts.includes(undefined) ? undefined : joinNames(texts as string[]);
}

const wholeNumber = /^-?\d+$/;

/** Returns a text, or the digits of a whole number. */
export function textAtPlace(found: Found, contents: EventContents): string | undefined {
  if (typeof found.value === 'string') return found.value;
  const spelt = speltIn(found, contents);
  return spelt !== undefined && wholeNumber.test(spelt) ? spelt : undefined;
}

/** Returns a number as it was written. */
function speltIn(found: Found | undefined, contents: EventContents): string | undefined {
  return found && typeof found.value === 'number' ? contents.spell(found.place, found.value) : undefined;
}

type AnyPlace = FieldPlace | Joined | TimestampPlace;

function fieldOf<T>(
  name: SoughtField | 'valid',
  places: readonly AnyPlace[],
  found: Found | undefined,
  read: Read<T>,
  contents: EventContents,
): Field<T> {
  if ('value' in read) return read;
  if (places.length === 0) return { problem: `${name}: events of this format have none, and the stream needs it` };
  const where = found?.place ?? places.map(spellPlace).join(', ');
  const members = name === 'valid' || found ? undefined : membersOf(contents.body);
  const lookalike = members && name !== 'valid' ? lookalikeOf(name, members) : undefined;
  return { problem: spellMisfit(`${name} at ${where}`, read.misfit, lookalike) };
}

function membersOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : undefined;
}

function spellPlace(place: AnyPlace): string {
  if (typeof place === 'string') return place;
  return 'at' in place ? place.at : place.joined.join('+');
}
