import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { SourceDefinition } from '../../shared/sources/source.ts';
import { streamSettingsSchema } from '../../shared/stream-settings.ts';
import type { Learned, LearnedFields } from './learned.ts';

/** The part of a catalog that says how events are read, and how their ids count. */
export type Draft = Pick<CatalogDefinition, 'sources' | 'streams'>;

/** Drafts the catalog of a stream. @param source The name of the source, which is also the name of its topic. */
export function draftOf(learned: Learned, source: string): Draft {
  const { numbering } = learned;
  const isSetting = streamSettingsSchema.shape.numbering.safeParse(numbering).success;
  const stream = isDefaultFormat(learned) ? 'default' : source;
  return {
    ...(!isDefaultFormat(learned) && { sources: { [source]: sourceOf(learned) } }),
    ...(numbering !== 'consecutive' && isSetting && { streams: { [stream]: { numbering } } }),
  };
}

/** Whether the events are read as the default format, from the topic `events`. */
export function isDefaultFormat({ format, fields }: Learned): boolean {
  return format === undefined && Object.keys(fields).length === 0;
}

function sourceOf({ format, fields }: Learned): SourceDefinition {
  if (!format) return { fields: fieldsOf(fields) };
  const { preset, isNumbered } = format;
  // The numbers of CloudEvents count within their source.
  return isNumbered ? { stream: ['/source'], fields: { preset, sequence: true } } : { fields: { preset } };
}

function fieldsOf({ unit, timestamp, ...places }: LearnedFields): NonNullable<SourceDefinition['fields']> {
  const at = timestamp === undefined || unit === undefined ? timestamp : { at: timestamp, in: unit };
  return { ...places, ...(at !== undefined && { timestamp: at }) };
}
