import type { TimeForm } from '../fields/timestamp.ts';
import type { Attributes } from '../messages/message.ts';
import { pathOf } from '../json-pointer.ts';
import { namesIn } from './escaped-name.ts';
import { publishTime, type Joined } from './fields.ts';
import { attributeOf, isPointer, valueIn, type FieldPlace } from './place.ts';
import type { Source } from './source.ts';

/** The known values of an event that no message brought. */
export interface KnownEvent {
  readonly stream: string;
  readonly eventId: number;
  readonly type: string;
  readonly instantMs: number;
  /** Stands in for an id that nobody knows. */
  readonly root: string;
}

/** An event in the format of a source. */
export interface WrittenEvent {
  readonly body: Readonly<Record<string, unknown>>;
  readonly attributes: Attributes;
}

/**
 * Writes an event in the format of its source: the template, the values of which the stream's name is made, and the
 * fields at their places.
 *
 * @returns The reason as a text if a value has no place, or a required member stays open.
 */
export function writeEvent(source: Source, event: KnownEvent): WrittenEvent | string {
  const draft = new Draft(structuredClone(source.template), source.format.templateAttributes);
  const { fields, requires, writesIdAsText } = source.format;
  const obstacle =
    setStream(draft, source, event.stream) ??
    draft.set(fields.event_id[0], writesIdAsText ? String(event.eventId) : event.eventId) ??
    setType(draft, fields.type[0], event.type) ??
    setTimestamp(draft, fields.timestamp, event.instantMs) ??
    (source.format.name === undefined ? undefined : setUuid(draft, fields.uuid, event.root));
  if (obstacle !== undefined) return obstacle;
  const [valid] = fields.valid;
  if (valid !== undefined) draft.set(valid, true);
  const open = requires.find((place) => !draft.has(place));
  return open === undefined ? draft : `${open} is required and not known: add it to the template of the source`;
}

/** An event that is being written. */
class Draft implements WrittenEvent {
  readonly body: Record<string, unknown>;
  readonly attributes: Record<string, string>;

  constructor(body: Record<string, unknown>, attributes: Attributes) {
    this.body = body;
    this.attributes = { ...attributes };
  }

  has(place: FieldPlace): boolean {
    const attribute = attributeOf(place);
    return attribute === undefined ? valueIn(this.body, pathOf(place)) !== undefined : attribute in this.attributes;
  }

  /** Writes a value at a place. @returns Why that is not possible. */
  set(place: FieldPlace | undefined, value: string | number | boolean): string | undefined {
    const attribute = place === undefined ? undefined : attributeOf(place);
    if (attribute !== undefined) {
      this.attributes[attribute] = String(value);
      return undefined;
    }
    if (place === undefined || !isPointer(place))
      return `nothing can be written at ${place ?? 'a field without a place'}`;
    const path = pathOf(place);
    const last = path.at(-1) ?? '';
    let here: Record<string, unknown> = this.body;
    for (const name of path.slice(0, -1)) {
      const next = Object.hasOwn(here, name) ? here[name] : undefined;
      const inside = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : {};
      Object.defineProperty(here, name, { value: inside, enumerable: true, configurable: true, writable: true });
      here = inside;
    }
    Object.defineProperty(here, last, { value, enumerable: true, configurable: true, writable: true });
    return undefined;
  }
}

function setStream(draft: Draft, { stream }: Source, name: string): string | undefined {
  if (stream === 'attribute' || 'fixed' in stream) return undefined;
  const values = namesIn(name)?.slice(1);
  if (values?.length !== stream.places.length) return 'the name of the stream was cut, so its values are not known';
  return firstOf(stream.places.map((place, i) => draft.set(place, values[i] ?? '')));
}

function setType(draft: Draft, place: FieldPlace | Joined | undefined, type: string): string | undefined {
  if (place === undefined || typeof place === 'string') return draft.set(place, type);
  const values = namesIn(type);
  if (values?.length !== place.joined.length)
    return 'its type was cut, so the values of which it is made are not known';
  return firstOf(place.joined.map((each, i) => draft.set(each, values[i] ?? '')));
}

function setTimestamp(
  draft: Draft,
  [place]: Source['format']['fields']['timestamp'],
  instantMs: number,
): string | undefined {
  if (place === undefined || place === publishTime) return 'its timestamp is when Pub/Sub receives a message';
  return typeof place === 'string'
    ? draft.set(place, spellTime(instantMs))
    : draft.set(place.at, spellTime(instantMs, place.in));
}

function spellTime(ms: number, form?: TimeForm): string | number {
  switch (form) {
    case 's':
      return ms / 1_000;
    case 'ms':
      return ms;
    case 'us':
      return ms * 1_000;
    case 'rfc2822':
      return new Date(ms).toUTCString();
    case undefined:
      return new Date(ms).toISOString();
  }
}

/** Writes the root wherever the uuid is read, except where the name of the stream gave a value. */
function setUuid(draft: Draft, uuid: Source['format']['fields']['uuid'], root: string): string | undefined {
  const [place] = uuid === 'content' ? [] : uuid;
  if (place === undefined) return undefined;
  const open = (typeof place === 'string' ? [place] : place.joined).filter((each) => !draft.has(each));
  const [last] = open.slice(-1);
  return last === undefined ? undefined : draft.set(last, root);
}

function firstOf(obstacles: readonly (string | undefined)[]): string | undefined {
  return obstacles.find((obstacle) => obstacle !== undefined);
}
