import { makeCatalog, type CatalogDefinition } from '../shared/catalog-definition.ts';
import { presetNames, type PresetName } from '../shared/sources/presets.ts';
import { eventsName, type Source } from '../shared/sources/source.ts';
import type { Sources } from '../shared/sources/sources.ts';
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
 * @param isNumbered Whether events count only by their numbers. CloudEvents are then numbered by `sequence`.
 * @returns Undefined if the user named none.
 * @throws UsageError if both options are given, or the catalog has no source of that name.
 */
export function chooseSource(
  catalog: CatalogDefinition,
  { format, source }: SourceChoice,
  stream?: string,
  isNumbered = false,
): ChosenSource | undefined {
  if (format !== undefined && source !== undefined) throw new UsageError('--format and --source exclude each other');
  if (format !== undefined) {
    const name = format.toLowerCase();
    const made =
      isNumbered && format === 'cloudEvents'
        ? { stream: ['/source' as const], fields: { preset: format, sequence: true } }
        : { stream: stream ?? name, fields: { preset: format } };
    return { catalog: { ...catalog, sources: { [name]: made } }, source: name };
  }
  if (source === undefined) return undefined;
  const { sources } = makeCatalog(catalog);
  if (!sources.find(source))
    throw new UsageError(`the catalog has no source ${source}; it has ${namesOf(sources.all)}`);
  return { catalog, source };
}

/** Finds an open source by its name, or by its format. @throws UsageError if there is none, or several. */
export function findOpenSource({ all }: Sources, { format, source }: SourceChoice): Source | undefined {
  if (format !== undefined && source !== undefined) throw new UsageError('--format and --source exclude each other');
  if (format === undefined && source === undefined) return undefined;
  const found = all.filter((each) => (format === undefined ? each.name === source : each.format.name === format));
  const open = found.filter(({ isClosed }) => !isClosed);
  const [only] = open;
  if (only && open.length === 1) return only;
  if (only)
    throw new UsageError(`several sources have the format ${format ?? ''}: name one with --source: ${namesOf(open)}`);
  if (found[0]) throw new UsageError(`the source ${found[0].name} is closed in the catalog`);
  const missing = format === undefined ? `no source ${source ?? ''}` : `no source with the format ${format}`;
  throw new UsageError(`the catalog has ${missing}; it has ${namesOf(all.filter(({ isClosed }) => !isClosed))}`);
}

function namesOf(sources: readonly Source[]): string {
  return sources.map(({ name }) => name).join(', ');
}

/** Returns the name of the source besides `events`. Undefined if the catalog has none, or several. */
export function onlySource({ sources = {} }: CatalogDefinition): string | undefined {
  const [only, ...others] = Object.keys(sources).filter((name) => name !== eventsName);
  return others.length > 0 ? undefined : only;
}
