import { makeCatalog, type CatalogDefinition } from '../shared/catalog-definition.ts';
import { presetNames, type PresetName } from '../shared/sources/presets.ts';
import { eventsName } from '../shared/sources/source.ts';
import { UsageError } from './command.ts';

/** The option of a command that reads events of a format that is known by name. */
export const formatOption = {
  kind: 'choice',
  words: presetNames,
  value: 'PRESET',
  help: `format of the events: ${presetNames.join(', ')}`,
} as const;

/** The option of a command that reads events as a source of the catalog says. */
export const sourceOption = {
  kind: 'text',
  value: 'NAME',
  help: 'source of the catalog that says how the events are read',
} as const;

/** The values of `--format` and `--source`. */
export interface SourceChoice {
  readonly format: PresetName | undefined;
  readonly source: string | undefined;
}

/** A source by its name, and the catalog that has it. */
export interface ChosenSource {
  readonly catalog: CatalogDefinition;
  readonly source: string;
}

/**
 * Chooses the source that a user named. `--format` makes one, with the stream that the user named, or else with the
 * name of the format.
 *
 * @returns Undefined if the user named none.
 * @throws UsageError if both options are given, or the catalog has no source of that name.
 */
export function chooseSource(
  catalog: CatalogDefinition,
  { format, source }: SourceChoice,
  stream?: string,
): ChosenSource | undefined {
  if (format !== undefined && source !== undefined) throw new UsageError('--format and --source exclude each other');
  if (format !== undefined) {
    const name = format.toLowerCase();
    const made = { stream: stream ?? name, fields: { preset: format } };
    return { catalog: { ...catalog, sources: { [name]: made } }, source: name };
  }
  if (source === undefined) return undefined;
  const { sources } = makeCatalog(catalog);
  const names = sources.all.map(({ name }) => name).join(', ');
  if (!sources.find(source)) throw new UsageError(`the catalog has no source ${source}; it has ${names}`);
  return { catalog, source };
}

/** Returns the name of the source besides `events`. Undefined if the catalog has none, or several. */
export function onlySource({ sources = {} }: CatalogDefinition): string | undefined {
  const [only, ...others] = Object.keys(sources).filter((name) => name !== eventsName);
  return others.length > 0 ? undefined : only;
}
