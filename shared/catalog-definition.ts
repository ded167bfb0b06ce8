import { z } from 'zod';
import { ConfigError } from './errors.ts';
import { defaultStream } from './event.ts';
import { probeStream, probeStreamSettings, probeType, probeTypeDefinition } from './probe.ts';
import type { SystemName } from './record-kinds.ts';
import { listProblems } from './reconciliation/list-problems.ts';
import { listsOf, type StreamList } from './reconciliation/list-settings.ts';
import { mappingOf, mappingProblems, type Mapping } from './record-mapping.ts';
import { findProblems } from './recovery/find-problems.ts';
import { letterRetentionOf, letterSettingsSchema, type LetterRetention } from './letter-settings.ts';
import { oneOf, parseSettings, pointers, unknownMembers } from './setting-kinds.ts';
import { prefixOf } from './sources/escaped-name.ts';
import { isPointer } from './sources/place.ts';
import { sourceProblems } from './sources/source-problems.ts';
import { sourceSchema, type SourceDefinition } from './sources/source.ts';
import { makeSources, ownStreamOf, type Sources } from './sources/sources.ts';
import {
  defaultStreamSettings,
  streamSettingsSchema,
  typeDefinitionSchema,
  type StreamSettings,
  type TypeDefinition,
} from './stream-settings.ts';
import { retentionMs } from './topology.ts';

/** The settings of one stream in a catalog. Each may be left out, but one with a default may not be `undefined`. */
const overridesSchema = z.object(
  Object.fromEntries(
    Object.entries(streamSettingsSchema.shape).map(([name, schema]) => [
      name,
      schema instanceof z.ZodDefault ? z.exactOptional(schema.unwrap()) : schema,
    ]),
  ),
  { error: 'an object with settings of the stream' },
);

/** A catalog with its types and streams as maps, because a zod record drops the name `__proto__`. */
export const catalogSchema = z.object({
  types: z.map(z.string(), typeDefinitionSchema),
  personal: pointers()
    .default([])
    .describe(
      'JSON Pointers to the fields of events with personal data. The console masks them until an operator asks for them',
    ),
  unknownTypes: oneOf('pass', 'strict')
    .default('pass')
    .describe(
      "`'pass'`: an event of a type that is not listed passes and is counted; `'strict'`: it is `ERR_UNKNOWN_TYPE`",
    ),
  sources: z.map(z.string(), sourceSchema),
  streams: z.map(z.string(), overridesSchema),
  deadLetters: letterSettingsSchema.default(letterSettingsSchema.parse({})),
});

/** A catalog as a user writes it in catalog.ts. */
export interface CatalogDefinition {
  readonly types?: Readonly<Record<string, TypeDefinition>>;
  readonly unknownTypes?: z.output<typeof catalogSchema>['unknownTypes'];
  /** JSON Pointers to the fields of events with personal data: the console masks them. */
  readonly personal?: readonly string[];
  /**
   * The topics that producers publish to besides `events`, by name. `events` is always there, with messages of the
   * default format.
   */
  readonly sources?: Readonly<Record<string, SourceDefinition>>;
  /** Settings by stream. Those under `default` apply to every stream. */
  readonly streams?: Readonly<Record<string, Partial<StreamSettings>>>;
  /** How long dead letters are kept. */
  readonly deadLetters?: z.input<typeof letterSettingsSchema>;
}

/** A checked catalog. */
export interface Catalog {
  readonly strict: boolean;
  /** JSON Pointers to personal values. */
  readonly personal: readonly string[];
  readonly sources: Sources;
  /** Undefined for a type that is not listed. */
  type(name: string): TypeDefinition | undefined;
  /** The systems of record with which events are compared. */
  readonly systems: ReadonlySet<SystemName>;
  /** The lists with which streams are compared. */
  readonly lists: readonly StreamList[];
  /** The systems of record whose lists are read: with which streams are compared, or where missing events are found. */
  readonly listedSystems: ReadonlySet<SystemName>;
  /** How the events of a type are compared with records. Undefined if they are not. */
  mapping(type: string): Mapping | undefined;
  /** Where the types name their entities: paths such as `data.case`, each once. */
  readonly entityPaths: readonly string[];
  /** Where the events of watched types have the number that is added up: a JSON pointer, by type. */
  readonly sums: Readonly<Record<string, string>>;
  stream(name: string): StreamSettings;
  /** The shortest `windowMs` of all streams. */
  readonly shortestWindowMs: number;
  /** Whether the catalog names a stream, so that it counts among no source's streams: `default` and those with settings. */
  names(stream: string): boolean;
  mayBeInferred(type: string): boolean;
  /** How long dead letters are kept. */
  readonly letterRetention: LetterRetention;
}

/** Checks a catalog and makes it ready to use. @throws ConfigError that lists all problems of the catalog. */
export function makeCatalog(definition: CatalogDefinition): Catalog {
  const types = new Map(Object.entries(definition.types ?? {}));
  const overrides = new Map(Object.entries(definition.streams ?? {}));
  const given = new Map(Object.entries(definition.sources ?? {}));
  const usable = new Map([...given].filter(([, source]) => sourceSchema.safeParse(source).success));
  const sources = makeSources(usable);
  const { settings, base } = mergeSettings(overrides, sources);

  const streamPlaces = streamPlacesOf(sources);
  const limits = { maxPatienceMs: maxPatienceMs([base, ...settings.values()]), streamPlaces };
  const problems = [
    ...reservedProblems('streams', overrides.keys(), probeStream),
    ...reservedProblems('types', types.keys(), probeType),
    ...unknownIn(definition),
    ...parseSettings(catalogSchema, { ...definition, types, sources: given, streams: overrides }).problems,
    ...sourceProblems(usable, (source) => settings.get(ownStreamOf(source)) ?? base),
    ...[...types].flatMap(([name, type]) => {
      const { system, record } = { ...type };
      return mappingProblems(`types.${name}.record`, system, record, limits);
    }),
    ...[...settings].flatMap(([name, merged]) => timeProblems(name, { ...overrides.get(name) }, merged)),
    ...[...settings].flatMap(([name, merged]) => identityProblems(`streams.${name}`, merged)),
    ...[...overrides].flatMap(([name, own]) =>
      listProblems(name, { ...own }.list, settings.get(name) ?? base, sources.writersOf(name)),
    ),
    ...[...overrides].flatMap(([name, own]) =>
      findProblems(name, { ...own }.find, (settings.get(name) ?? base).numbering, sources.writersOf(name)),
    ),
    ...[...types].flatMap(([name, type]) => identityProblems(`types.${name}`, { ...type })),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  settings.set(probeStream, { ...defaultStreamSettings, ...probeStreamSettings });
  types.set(probeType, probeTypeDefinition);

  const mappings = new Map(
    [...types].map(([name, { system, record }]) => [name, mappingOf(system, record, streamPlaces)]),
  );

  return {
    strict: definition.unknownTypes === 'strict',
    personal: definition.personal ?? [],
    letterRetention: letterRetentionOf(letterSettingsSchema.parse(definition.deadLetters ?? {})),
    sources,
    type: (name) => types.get(name),
    systems: new Set([...mappings.values()].flatMap((mapping) => mapping?.system ?? [])),
    lists: [...overrides].flatMap(([name, { list }]) => (list ? listsOf(name, list) : [])),
    listedSystems: new Set([...overrides.values()].flatMap(({ list, find }) => [list, find].flatMap(systemOf))),
    mapping: (name) => mappings.get(name),
    entityPaths: [...new Set([...types.values()].flatMap(({ entity }) => entity ?? []))],
    sums: sumsOf(types),
    shortestWindowMs: Math.min(...[base, ...settings.values()].map(({ windowMs }) => windowMs)),
    stream: (name) => settings.get(name) ?? settings.get(prefixOf(name) ?? name) ?? base,
    names: (stream) => stream === defaultStream || settings.has(stream),
    mayBeInferred: (name) => {
      const type = types.get(name);
      return type?.inferable ?? type?.consult !== 'always';
    },
  };
}

function sumsOf(types: ReadonlyMap<string, TypeDefinition>): Catalog['sums'] {
  return Object.fromEntries(
    [...types].flatMap(([name, { watch }]) => (watch?.sum === undefined ? [] : [[name, watch.sum]])),
  );
}

/** Returns a problem for each member of a catalog that is no setting. */
function unknownIn({ types = {}, streams = {}, deadLetters = {}, ...rest }: CatalogDefinition): readonly string[] {
  return [
    ...unknownMembers(catalogSchema, rest, ''),
    ...unknownMembers(letterSettingsSchema, deadLetters, 'deadLetters.'),
    ...Object.entries(types).flatMap(([name, type]) => unknownMembers(typeDefinitionSchema, type, `types.${name}.`)),
    ...Object.entries(streams).flatMap(([name, own]) => unknownMembers(streamSettingsSchema, own, `streams.${name}.`)),
  ];
}

/**
 * Merges the settings of each stream that has some of its own. In the order of precedence: those of the stream, those of
 * its source in the catalog, those of the source's format, those of `default`.
 */
function mergeSettings(overrides: ReadonlyMap<string, Partial<StreamSettings>>, sources: Sources) {
  const base: StreamSettings = { ...defaultStreamSettings, ...overrides.get('default') };
  const names = new Set([...overrides.keys(), ...sources.all.slice(1).map(ownStreamOf)]);
  const settings = new Map<string, StreamSettings>();
  for (const name of names) {
    const owner = prefixOf(name) ?? name;
    const [writer] = sources.writersOf(owner);
    settings.set(name, { ...base, ...writer?.format.settings, ...overrides.get(owner), ...overrides.get(name) });
  }
  return { settings, base };
}

/** Returns the catalog with some settings replaced for every stream. */
export function withStreamSettings(
  definition: CatalogDefinition,
  settings: Partial<StreamSettings>,
): CatalogDefinition {
  const streams = Object.entries(definition.streams ?? {}).map(
    ([name, own]) => [name, { ...own, ...settings }] as const,
  );
  return {
    ...definition,
    streams: { ...Object.fromEntries(streams), default: { ...definition.streams?.default, ...settings } },
  };
}

function reservedProblems(path: string, names: Iterable<string>, name: string): readonly string[] {
  return [...names].includes(name) ? [`${path}.${name} is reserved for eventmend probe; take another name`] : [];
}

function systemOf(setting: { readonly system: SystemName } | undefined): readonly SystemName[] {
  return setting ? [setting.system] : [];
}

/** Returns JSON pointers to the values of editable events of which the names of streams are made. */
function streamPlacesOf({ all }: Sources): readonly string[] {
  const editable = all.filter(({ format }) => format.name === undefined);
  return editable.flatMap(({ stream }) =>
    typeof stream === 'object' && 'places' in stream ? stream.places.filter(isPointer) : [],
  );
}

/**
 * Returns the maximum time for which an event may wait for its system of record. Pub/Sub forgets a message that is held
 * longer than its retention, and the id of an event is forgotten after `windowMs`.
 */
function maxPatienceMs(streams: readonly StreamSettings[]): number {
  const windows = streams.map(({ windowMs }) => windowMs).filter((ms) => ms >= retentionMs);
  return Math.min(retentionMs, ...windows) / 4;
}

/**
 * Reports a stream that would forget ids before it asks for them.
 *
 * @param own The settings that the stream does not inherit. If it inherits all of its times, the problem is reported
 * for `default` only.
 */
function timeProblems(name: string, own: Partial<StreamSettings>, merged: StreamSettings): readonly string[] {
  const { graceMs, resendTimeoutMs, windowMs } = merged;
  const isOwn = 'graceMs' in own || 'resendTimeoutMs' in own || 'windowMs' in own;
  // The comparison is false if one of them is not a number. The schema reports that problem.
  if (!isOwn || !(graceMs + resendTimeoutMs >= windowMs / 2)) return [];
  return [
    `streams.${name}: graceMs + resendTimeoutMs is ${graceMs + resendTimeoutMs}; it must be less than half of windowMs (${windowMs}), or ids are forgotten before they are asked for`,
  ];
}

/** Reports settings of identity that contradict each other. */
function identityProblems(
  path: string,
  {
    uuid,
    key,
    next,
    formerly,
    numbering,
  }: Readonly<Partial<Record<'uuid' | 'key' | 'next' | 'formerly' | 'numbering', unknown>>>,
): readonly string[] {
  const isWithoutUuid = key === 'event_id' || key === 'event_id+timestamp';
  return [
    ...(next !== undefined && formerly !== undefined
      ? [`${path}: next and formerly are both set; finish one change of identity before the next one begins`]
      : []),
    ...(uuid === 'global' && isWithoutUuid
      ? [`${path}: uuid is 'global', but by its key '${key}' no uuid counts; remove one of them`]
      : []),
    ...(numbering === 'none' && isWithoutUuid
      ? [`${path}: numbering is 'none', but its key '${key}' needs ids; remove the key`]
      : []),
  ];
}
