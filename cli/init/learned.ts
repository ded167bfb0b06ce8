import { lookalikeOf, type SoughtField } from '../../shared/fields/lookalike.ts';
import { numberingOf, type LearnedNumbering } from './infer-numbering.ts';
import {
  membersOf,
  readSample,
  recogniseFormat,
  type RecognisedFormat,
  type EventSample,
  type SampleMembers,
} from './recognise-format.ts';

/** A type of event, and the data of its samples. */
export interface LearnedType {
  readonly name: string;
  readonly events: number;
  readonly data: readonly unknown[];
}

/** The places of the fields, as a catalog writes them. The uuid may be `content`. */
export type LearnedFields = Readonly<Partial<Record<'event_id' | 'type' | 'timestamp' | 'uuid' | 'data', string>>> & {
  /** The unit of a timestamp that is a number. */
  readonly unit?: 's' | 'ms' | 'us';
};

/** The facts about a stream that samples of its events show. */
export interface Learned {
  readonly samples: number;
  /** Samples that are neither a JSON object nor a form. */
  readonly unreadable: number;
  /** A format that a preset reads. Undefined for another. */
  readonly format: RecognisedFormat | undefined;
  /** The places of fields that the default format has elsewhere. Empty for the default format and for presets. */
  readonly fields: LearnedFields;
  readonly numbering: LearnedNumbering;
  /** Ids that several events with other bytes have. */
  readonly sharedIds: number;
  /** The most frequent first. */
  readonly types: readonly LearnedType[];
  /** The number of types beyond those that are listed. */
  readonly moreTypes: number;
}

const maxTypes = 50;
const maxDataPerType = 200;

/** Learns from sample events what a catalog says about their stream. */
export function learn(samples: readonly EventSample[]): Learned {
  const read = samples.map(readSample).filter((event) => event !== undefined);
  const format = recogniseFormat(samples);
  const events = format?.preset === 'segment' ? read.flatMap(callsIn) : read;
  const idPlace = placeOf('event_id', events, (event, at) => idAt(event, at) !== undefined);
  const fields = format ? {} : fieldsOf(events, idPlace);
  const typeOf = format?.typeOf ?? ((event) => valueAt(event, fields.type ?? '/type'));
  const dataOf = format?.dataOf ?? ((event) => valueAt(event, fields.data ?? '/data'));
  const types = typesOf(events, typeOf, dataOf);
  return {
    samples: samples.length,
    unreadable: samples.length - read.length,
    format,
    fields,
    numbering: format ? numberingOfFormat(format) : numberingAt(idPlace, ofLargestStream(samples)),
    sharedIds: format || idPlace === undefined ? 0 : countSharedIds(ofLargestStream(samples), idPlace),
    types: types.slice(0, maxTypes),
    moreTypes: Math.max(0, types.length - maxTypes),
  };
}

/** Returns the events of the stream that most samples name. Each stream has numbers of its own. */
function ofLargestStream(samples: readonly EventSample[]): readonly SampleMembers[] {
  const counts = new Map<string | undefined, number>();
  for (const { attributes } of samples) counts.set(attributes?.stream, (counts.get(attributes?.stream) ?? 0) + 1);
  const [largest] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  return samples
    .filter(({ attributes }) => attributes?.stream === largest)
    .map(readSample)
    .filter((event) => event !== undefined);
}

/** Says how the ids at a place look numbered. */
function numberingAt(place: string | undefined, events: readonly SampleMembers[]): LearnedNumbering {
  return place === undefined ? 'none' : numberingOf(events.flatMap((event) => idAt(event, place) ?? []));
}

function numberingOfFormat({ isNumbered }: RecognisedFormat): LearnedNumbering {
  return isNumbered ? 'consecutive' : 'none';
}

function callsIn(event: SampleMembers): readonly SampleMembers[] {
  return Array.isArray(event.batch) ? event.batch.map(membersOf) : [event];
}

function typesOf(
  events: readonly SampleMembers[],
  typeOf: (event: SampleMembers) => unknown,
  dataOf: (event: SampleMembers) => unknown,
): readonly LearnedType[] {
  const types = new Map<string, { events: number; data: unknown[] }>();
  for (const event of events) {
    const name = typeOf(event);
    if (typeof name !== 'string' || name.trim() === '' || name.length > 128) continue;
    const known = types.get(name) ?? { events: 0, data: [] };
    known.events++;
    if (known.data.length < maxDataPerType) known.data.push(dataOf(event));
    types.set(name, known);
  }
  return [...types].map(([name, known]) => ({ name, ...known })).sort((a, b) => b.events - a.events);
}

/** Spells the fields that are not as in the default format. Empty if all are. */
export function spellPlaces({ unit, ...fields }: LearnedFields): string {
  const places = Object.entries(fields).filter(([, place]) => place.startsWith('/'));
  const spellField = (name: string, place: string): string => {
    if (place !== `/${name}`) return `${name} at ${place}`;
    return name === 'timestamp' && unit ? `timestamp as a number of ${unit}` : `${name} as a text of digits`;
  };
  return places.map(([name, place]) => spellField(name, place)).join(', ');
}

function countSharedIds(events: readonly SampleMembers[], at: string): number {
  const contents = new Map<number, Set<string>>();
  for (const event of events) {
    const id = idAt(event, at);
    if (id !== undefined) contents.set(id, (contents.get(id) ?? new Set()).add(JSON.stringify(event)));
  }
  return [...contents.values()].filter(({ size }) => size > 1).length;
}

/**
 * Finds the fields that the events have under other names than the default format. If they have neither a number nor a
 * uuid, their content is their uuid.
 *
 * @param event_id The place of their numbers. Undefined if most have none.
 */
function fieldsOf(events: readonly SampleMembers[], event_id: string | undefined): LearnedFields {
  const isUnnumbered = event_id === undefined && events.length > 0;
  const uuid = isUnnumbered
    ? (placeOf('uuid', events, isText) ?? placeOf('event_id', events, isText) ?? 'content')
    : undefined;
  const type = placeOf('type', events, isText);
  const timestamp = placeOf('timestamp', events, (event, at) => isText(event, at) || unitAt(event, at) !== undefined);
  const unit = timestamp === undefined ? undefined : commonUnit(events, timestamp);
  return {
    ...(event_id !== undefined && (event_id !== '/event_id' || isMostlyText(events, event_id)) && { event_id }),
    ...(uuid !== undefined && uuid !== '/uuid' && { uuid }),
    ...(type !== undefined && type !== '/type' && { type }),
    ...(timestamp !== undefined && (timestamp !== '/timestamp' || unit) && { timestamp }),
    ...(unit && { unit }),
  };
}

/** Returns the place that most events have a fitting value at: the one of the default format, or that of a lookalike. */
function placeOf(
  field: SoughtField,
  events: readonly SampleMembers[],
  fits: (event: SampleMembers, at: string) => boolean,
): string | undefined {
  const places = new Set([`/${field}`, ...events.slice(0, 20).flatMap((event) => lookalikeOf(field, event) ?? [])]);
  return [...places].find((at) => events.filter((event) => fits(event, at)).length > events.length / 2);
}

/** Whether most ids are texts of digits, as BigQuery exports integers. The default format takes numbers only. */
function isMostlyText(events: readonly SampleMembers[], at: string): boolean {
  return events.filter((event) => isText(event, at)).length > events.length / 2;
}

function isText(event: SampleMembers, at: string): boolean {
  const value = valueAt(event, at);
  return typeof value === 'string' && value.trim() !== '';
}

/** Returns the id at a place: an integer, or a text of digits. */
function idAt(event: SampleMembers, at: string): number | undefined {
  const value = valueAt(event, at);
  const id = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(id) && (id as number) >= 0 ? (id as number) : undefined;
}

/** Returns the unit that more than half of the events have at a place. */
function commonUnit(events: readonly SampleMembers[], at: string): LearnedFields['unit'] {
  return units
    .map(([unit]) => unit)
    .find((unit) => events.filter((event) => unitAt(event, at) === unit).length > events.length / 2);
}

/** Units of a time since 1970, and how many of them a second has. */
const units = [
  ['s', 1],
  ['ms', 1_000],
  ['us', 1_000_000],
] as const;

/** Returns the unit in which a number is a time between the years 2001 and 2100. */
function unitAt(event: SampleMembers, at: string): LearnedFields['unit'] {
  const value = valueAt(event, at);
  if (typeof value !== 'number') return undefined;
  return units.find(([, perSecond]) => value >= 1e9 * perSecond && value < 4.1e9 * perSecond)?.[0];
}

/** Returns the value at a JSON Pointer of one or two names. */
function valueAt(event: SampleMembers, at: string): unknown {
  return at
    .split('/')
    .slice(1)
    .reduce<unknown>((value, name) => membersOf(value)[name], event);
}
