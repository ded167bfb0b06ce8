import { z } from 'zod';
import { timeForms, type TimeForm } from '../fields/timestamp.ts';
import { oneOf } from '../setting-kinds.ts';
import { placeSchema, type FieldPlace } from './place.ts';

/*
 * The fields of an event: where a source's messages have them. A field is one place, or several alternatives, of which
 * the first one that has a value counts.
 */

/** A value that is made of the values at several places. */
const joinedSchema = z.strictObject({ joined: z.array(placeSchema).min(2) });

/** The time at which Pub/Sub received the message. */
export const publishTime = 'publish-time';

const aPlace = 'a place (a JSON Pointer such as /data/id, attribute:NAME, or ordering-key)';

/** One value, or a list of alternatives. */
function alternatives<T extends z.ZodType>(schema: T, wanted: string) {
  return z.union([schema, z.array(schema).min(1, { error: wanted })], { error: `${wanted}, or a list of them` });
}

const placesSchema = alternatives(placeSchema, aPlace);
const timestampSchema = alternatives(
  z.union([placeSchema, z.strictObject({ at: placeSchema, in: oneOf(...timeForms) }), z.literal(publishTime)]),
  `${aPlace}, { at: a place, in: 's', 'ms', 'us' or 'rfc2822' }, '${publishTime}'`,
);
const joinable = z.union([placeSchema, joinedSchema]);
const wantedJoinable = `${aPlace}, { joined: two places or more }`;

export const wantedFields =
  'a preset such as stripe(), or an object with the places of event_id, type, timestamp, uuid, valid and data, and nothing else';

/** Fields as a user writes them in the catalog. A field that is left out is read where the default format has it. */
export const fieldsSchema = z.strictObject(
  {
    event_id: placesSchema.optional(),
    type: alternatives(joinable, wantedJoinable).optional(),
    timestamp: timestampSchema.optional(),
    uuid: z
      .union([joinable, z.array(joinable).min(1), z.literal('content')], {
        error: `${wantedJoinable}, a list of them, or 'content'`,
      })
      .optional(),
    valid: placesSchema.optional(),
    data: alternatives(z.union([placeSchema, z.literal('')]), `${aPlace}, '' for the whole body`).optional(),
  },
  { error: wantedFields },
);

export type FieldsDefinition = z.input<typeof fieldsSchema>;

/** A value that is made of the values at several places. */
export interface Joined {
  readonly joined: readonly FieldPlace[];
}
export type TimestampPlace = FieldPlace | { readonly at: FieldPlace; readonly in: TimeForm };

/** The places of all fields. */
export interface FieldPlaces {
  readonly event_id: readonly FieldPlace[];
  readonly type: readonly (FieldPlace | Joined)[];
  /** A place, or `publish-time`. */
  readonly timestamp: readonly TimestampPlace[];
  readonly uuid: readonly (FieldPlace | Joined)[] | 'content';
  readonly valid: readonly FieldPlace[];
  readonly data: readonly FieldPlace[];
}
