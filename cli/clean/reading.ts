import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import { defaultStream } from '../../shared/event.ts';
import type { PresetName } from '../../shared/sources/presets.ts';
import { eventsName } from '../../shared/sources/source.ts';
import { chooseCatalogDefinition } from '../catalog-file/chosen-catalog.ts';
import { chooseSource, onlySource } from '../chosen-source.ts';
import type { Io } from '../command.ts';
import { localCatalog } from '../local/local-catalog.ts';

/** The options that decide how the events of a file are read, as the user gave them. */
export interface ReadingOptions {
  readonly catalog: string | undefined;
  readonly stream: string;
  readonly format: PresetName | undefined;
  readonly source: string | undefined;
  readonly infer: 'on' | 'off';
  readonly 'min-confidence': number | undefined;
}

/** How the events of a file are read. */
export interface ChosenReading {
  readonly catalog: CatalogDefinition;
  /** The stream of the events that name none. Undefined if the source says it. */
  readonly stream: string | undefined;
  /** The source of the catalog that the events are read by. */
  readonly source: string;
}

/** Decides by which source the events are read. A catalog with a single source is taken to be about its events. */
export async function chooseReading(options: ReadingOptions, io: Pick<Io, 'env'>): Promise<ChosenReading> {
  const { stream, format, source } = options;
  const catalog = catalogFor(await chooseCatalogDefinition(options.catalog, io), options);
  const named = stream === defaultStream ? undefined : stream;
  const isAboutOne = format === undefined && source === undefined && named === undefined;
  const chosen = chooseSource(catalog, { format, source: isAboutOne ? onlySource(catalog) : source }, named);
  if (!chosen || chosen.source === eventsName) return { catalog, stream, source: eventsName };
  return { ...chosen, stream: undefined };
}

function catalogFor(
  definition: CatalogDefinition,
  { infer, 'min-confidence': minConfidence }: ReadingOptions,
): CatalogDefinition {
  return localCatalog(definition, {
    ...(infer === 'off' && { recover: false }),
    ...(minConfidence !== undefined && { minConfidence }),
  });
}
