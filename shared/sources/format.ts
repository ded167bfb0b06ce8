import type { Attributes } from '../messages/message.ts';
import type { StreamSettings } from '../stream-settings.ts';
import { pathOf } from '../json-pointer.ts';
import type { BodyKind } from './body.ts';
import type { FieldPlaces, FieldsDefinition, TimestampPlace } from './fields.ts';
import { isPointer, type FieldPlace } from './place.ts';
import type { Split } from './split.ts';

/** How the bodies of a source are read. */
export interface Format {
  /** The name of the preset, or `fields` for places of the user's own. Undefined for the default format. */
  readonly name: string | undefined;
  readonly fields: FieldPlaces;
  readonly body: BodyKind;
  /** How a message with several events is split. */
  readonly split: Split | undefined;
  /** The members that differ between two deliveries of one event. They are no part of its content. */
  readonly ignore: readonly Ignored[];
  /** The pointer to the event in the body, if the body has a value there. */
  readonly under: FieldPlace | undefined;
  /** Whether a message without data is no event, and is dropped. */
  readonly dropsEmpty: boolean;
  /** Whether a body is a notice of the sender itself, such as a heartbeat, and no event. It is dropped. */
  readonly isNotice: (body: unknown) => boolean;
  /** Says why a body is no event of the format. Empty if it may be one. */
  readonly misfitsOf: (body: unknown) => readonly string[];
  /** Whether attributes with the prefix `ce-` make a message a CloudEvent of the binary mode. */
  readonly isCloudEvents: boolean;
  /** The settings that the streams of the source have unless the catalog says otherwise. */
  readonly settings: Partial<StreamSettings>;
  /** The members that an event must have besides its fields. */
  readonly requires: readonly FieldPlace[];
  /** Whether the number of an event is written as a text. */
  readonly writesIdAsText: boolean;
  /** The members of an inferred event besides its fields. */
  readonly template: Readonly<Record<string, unknown>>;
  /** The attributes of an inferred event besides its fields. */
  readonly templateAttributes: Attributes;
}

/** A member that is no part of an event's content. With `beside`: only if the body has a value there. */
export interface Ignored {
  readonly at: FieldPlace;
  readonly beside?: FieldPlace;
}

/** The fields of the default format, and the places of fields that a user's definition leaves out. */
export const defaultFields: FieldPlaces = {
  event_id: ['/event_id'],
  type: ['/type'],
  timestamp: ['/timestamp'],
  uuid: ['/uuid'],
  valid: ['/valid'],
  data: ['/data'],
};

export const plainFormat: Format = {
  name: undefined,
  fields: defaultFields,
  body: 'json',
  split: undefined,
  ignore: [],
  under: undefined,
  dropsEmpty: false,
  isNotice: () => false,
  misfitsOf: () => [],
  isCloudEvents: false,
  settings: {},
  requires: [],
  writesIdAsText: false,
  template: {},
  templateAttributes: {},
};

/** Returns the names of the members of the body in which a format has fields that identify an event. */
export function memberNamesOf({ fields: { event_id, timestamp, uuid } }: Format): readonly string[] {
  const places = [event_id, timestamp, uuid === 'content' ? [] : uuid].flat();
  const single = places.map((place) => (typeof place === 'string' ? place : 'at' in place ? place.at : ''));
  return single.filter(isPointer).flatMap((place) => pathOf(place).slice(0, 1));
}

/** Makes the format of fields that a user has defined. */
export function formatOfFields({ event_id, type, timestamp, uuid, valid, data }: FieldsDefinition): Format {
  return {
    ...plainFormat,
    name: 'fields',
    body: 'json or form',
    fields: {
      event_id: listOf(event_id) ?? defaultFields.event_id,
      type: listOf(type) ?? defaultFields.type,
      timestamp: (listOf(timestamp) as readonly TimestampPlace[] | undefined) ?? defaultFields.timestamp,
      uuid: uuid === 'content' ? uuid : (listOf(uuid) ?? defaultFields.uuid),
      valid: listOf(valid) ?? defaultFields.valid,
      data: listOf(data) ?? defaultFields.data,
    },
  };
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
