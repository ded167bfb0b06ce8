import { contentHash } from '../content-hash.ts';
import { digest, spellDigest } from '../digest.ts';
import type { JsonObject } from '../json.ts';
import { pathOf } from '../json-pointer.ts';
import type { Replacement } from '../replacement.ts';
import type { SourceBody } from './body.ts';
import type { EventContents } from './contents.ts';
import type { FormPairs } from './form.ts';
import type { Format } from './format.ts';
import { isPointer, valueAt, type FieldPlace } from './place.ts';
import type { EventFields } from './read-fields.ts';

/** The content of an event as it is compared: what was read of its fields, and the rest of its body. */
export interface EventContent {
  /** The body as JSON. A form is an object of its pairs, and other bytes are a text. */
  readonly object: JsonObject;
  /** The fields, which are left out of the body. */
  readonly replacements: readonly Replacement[];
  /** The values of the fields, as canonical JSON. */
  readonly beside: string;
  /** The paths of members that differ between two deliveries of one event. */
  readonly ignore: readonly (readonly string[])[];
}

/** Returns the content of an event in a format of a source. */
export function contentOfEvent(
  format: Format,
  body: SourceBody,
  contents: EventContents,
  fields: EventFields,
): EventContent {
  return {
    object: comparable(body),
    replacements: pathsIn(contents, fieldPlaces(format, fields)).map((path) => ({ path, text: undefined })),
    beside: spellFields(format, contents, fields),
    ignore: pathsIn(contents, ignoredPlaces(format, contents)),
  };
}

/** Returns the uuid of an event that has no other: its content. */
export function uuidOfContent({ object, replacements, beside, ignore }: EventContent): string {
  const leftOut = ignore.map((path) => ({ path, text: undefined }));
  return spellDigest(contentHash(object, [...replacements, ...leftOut], beside).digest);
}

function comparable({ object, pairs, bytes }: SourceBody): JsonObject {
  if (object) return object;
  const text = pairs ? spellPairs(pairs) : JSON.stringify(spellDigest(digest(Buffer.from(bytes).toString('latin1'))));
  return { text, members: {}, mayRound: false, isSkimmed: false, isPlain: false };
}

function spellPairs(pairs: FormPairs): string {
  return `{${pairs.map((pair) => pair.map((part) => JSON.stringify(part)).join(':')).join(',')}}`;
}

function spellFields(format: Format, contents: EventContents, fields: EventFields): string {
  const { eventId, type, uuidKey, isTimeOfReceipt } = fields;
  const instant = isTimeOfReceipt ? undefined : fields.instant;
  const outside = format.fields.data
    .filter((place) => place !== '' && !isPointer(place))
    .map((place) => valueAt(place, contents) ?? null);
  return JSON.stringify([eventId ?? null, type ?? null, instant?.exact ?? null, uuidKey ?? null, ...outside]);
}

/** Returns the places in the body. A CloudEvent of the binary mode has its fields in attributes. */
function pathsIn({ base }: EventContents, places: readonly FieldPlace[]): readonly (readonly string[])[] {
  return base ? places.filter(isPointer).map((place) => [...base, ...pathOf(place)]) : [];
}

/** Returns the places of the fields. An id that could not be read stays in the body. */
function fieldPlaces(
  { fields: { event_id, type, timestamp, uuid, valid } }: Format,
  { eventId }: EventFields,
): readonly FieldPlace[] {
  const ids = eventId === undefined ? [] : event_id;
  return [ids, type, timestamp, uuid === 'content' ? [] : uuid, valid].flat().flatMap((place) => {
    if (typeof place === 'string') return [place];
    return 'at' in place ? [place.at] : place.joined;
  });
}

function ignoredPlaces({ ignore }: Format, contents: EventContents): readonly FieldPlace[] {
  return ignore.flatMap(({ at, beside }) =>
    beside === undefined || valueAt(beside, contents) !== undefined ? [at] : [],
  );
}
