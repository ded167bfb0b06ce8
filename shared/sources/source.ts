import { z } from 'zod';
import { flag, text } from '../setting-kinds.ts';
import { fieldsSchema, wantedFields, type FieldsDefinition } from './fields.ts';
import { formatOfFields, plainFormat, type Format } from './format.ts';
import { placeSchema, type FieldPlace } from './place.ts';
import { formatOfPreset, presetSchema, type PresetDefinition } from './presets.ts';
import type { Split } from './split.ts';

const streamName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const wantedStream = 'the name of a stream, or a list of the places of which its names are made';
const splitForm = /^(?:array|lines|(?:\/(?:[^~/]|~[01])*)+)$/;

const wantedOther =
  'an object { fields } with the uuid of the other deployment, or with all its fields or its preset, and nothing else';
/** The fields as they stand in another deployment. */
const otherFieldsSchema = z.strictObject(
  { fields: z.union([presetSchema, fieldsSchema], { error: wantedOther }) },
  { error: wantedOther },
);

/** A source as it stands in a catalog, under its name. */
export const sourceSchema = z.strictObject(
  {
    stream: z
      .union(
        [
          text(streamName, wantedStream),
          z.array(placeSchema).min(1, { error: wantedStream }).max(8, { error: wantedStream }),
        ],
        { error: wantedStream },
      )
      .optional(),
    fields: z.union([presetSchema, fieldsSchema], { error: wantedFields }).optional(),
    split: text(splitForm, "'array', 'lines', or a JSON Pointer to an array").optional(),
    answers: flag().optional(),
    template: z.record(z.string(), z.unknown(), { error: 'an object with members of an inferred event' }).optional(),
    next: otherFieldsSchema.optional(),
    formerly: otherFieldsSchema.optional(),
    closed: flag().optional(),
  },
  { error: 'an object with stream, fields, split, answers, template, next, formerly and closed, and nothing else' },
);

export interface SourceDefinition {
  /**
   * The stream that the source writes into: a fixed name, by default the source's own; or places of which names are
   * made, one stream for each combination of values.
   */
  readonly stream?: string | readonly FieldPlace[];
  /** A preset such as `stripe()`, or the places of the fields. By default the messages have the default format. */
  readonly fields?: PresetDefinition | FieldsDefinition;
  readonly split?: Split;
  /** Whether its messages may answer requests to resend: the attributes `void` and `possible-duplicate` are obeyed. */
  readonly answers?: boolean;
  /** Members of an inferred event besides its fields. */
  readonly template?: Readonly<Record<string, unknown>>;
  /**
   * The uuid, or all fields or the preset, as they will stand in the next deployment, while they are being changed. Both
   * must read the timestamp in the same way.
   */
  readonly next?: OtherFields;
  /** The same as they stood before, for one `windowMs` after they were changed. */
  readonly formerly?: OtherFields;
  /** Whether nothing is published to it any more. What it published before is read and can be replayed. */
  readonly closed?: boolean;
}

/** The fields of another deployment. With the uuid alone, the other fields are those of this one. */
export interface OtherFields {
  readonly fields: PresetDefinition | FieldsDefinition;
}

/** The name of a source's stream: fixed, made of places, or in an attribute of each message. */
export type SourceStream = { readonly fixed: string } | { readonly places: readonly FieldPlace[] } | 'attribute';

/** A checked source. */
export interface Source {
  readonly name: string;
  readonly stream: SourceStream;
  readonly format: Format;
  /** The format of the other deployment, while the uuid or the format is being changed. */
  readonly otherFormat: Format | undefined;
  readonly split: Split | undefined;
  readonly answers: boolean;
  readonly isClosed: boolean;
  /** The members of an inferred event besides its fields. */
  readonly template: Readonly<Record<string, unknown>>;
}

/** The name of the source that every pipeline has. */
export const eventsName = 'events';

/** The source that every pipeline has: its messages have the default format, and an attribute names their stream. */
export const eventsSource: Source = {
  name: eventsName,
  stream: 'attribute',
  format: plainFormat,
  otherFormat: undefined,
  split: undefined,
  answers: true,
  isClosed: false,
  template: {},
};

/** Makes a source from its checked definition. */
export function makeSource(name: string, definition: SourceDefinition): Source {
  const { stream = name, fields, split, answers, template, closed } = definition;
  const places = typeof stream === 'string' ? [] : stream;
  const format = formatOf(fields, places);
  return {
    name,
    stream: typeof stream === 'string' ? { fixed: stream } : { places },
    format,
    otherFormat: otherFormatOf(format, definition.next ?? definition.formerly, places),
    split: split ?? format.split,
    answers: answers ?? false,
    isClosed: closed ?? false,
    template: { ...format.template, ...template },
  };
}

function otherFormatOf(
  format: Format,
  other: OtherFields | undefined,
  streamPlaces: readonly FieldPlace[],
): Format | undefined {
  if (!other) return undefined;
  const otherFormat = formatOf(other.fields, streamPlaces);
  const isUuidAlone = Object.keys(other.fields).every((name) => name === 'uuid');
  return isUuidAlone ? { ...format, fields: { ...format.fields, uuid: otherFormat.fields.uuid } } : otherFormat;
}

function formatOf(fields: SourceDefinition['fields'], streamPlaces: readonly FieldPlace[]): Format {
  if (!fields) return plainFormat;
  return 'preset' in fields ? formatOfPreset(fields, streamPlaces) : formatOfFields(fields);
}
