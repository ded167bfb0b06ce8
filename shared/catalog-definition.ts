import { ConfigError } from './errors.ts';
import { probeStream, probeStreamSettings, probeType, probeTypeDefinition } from './probe.ts';
import { defaultStreamSettings, type StreamSettings, type TypeDefinition } from './stream-settings.ts';
import { retentionMs } from './topology.ts';

/** What a user writes in catalog.ts. */
export interface CatalogDefinition {
  readonly types?: Readonly<Record<string, TypeDefinition>>;
  /** What is done with a type that is not listed: it passes and is counted, or it is `ERR_UNKNOWN_TYPE`. */
  readonly unknownTypes?: 'pass' | 'strict';
  /** Settings by stream; those under `default` hold for every stream. */
  readonly streams?: Readonly<Record<string, Partial<StreamSettings>>>;
}

/** What the functions ask the catalog. */
export interface Catalog {
  readonly strict: boolean;
  /** Undefined for a type that is not listed. */
  type(name: string): TypeDefinition | undefined;
  stream(name: string): StreamSettings;
  mayBeInferred(type: string): boolean;
}

/** Checks a catalog and makes it answer. @throws ConfigError that lists all that is wrong with it. */
export function makeCatalog(definition: CatalogDefinition): Catalog {
  const types = new Map(Object.entries(definition.types ?? {}));
  const overrides = new Map(Object.entries(definition.streams ?? {}));
  const settings = new Map<string, StreamSettings>();
  const base = { ...defaultStreamSettings, ...overrides.get('default') };
  for (const [name, override] of overrides) settings.set(name, { ...base, ...override });

  const problems = [
    ...reserved('streams', overrides.keys(), probeStream),
    ...reserved('types', types.keys(), probeType),
    ...[...settings].flatMap(([name, setting]) => problemsOf(`streams.${name}`, setting)),
    ...[...types].flatMap(([name, type]) => problemsOfType(`types.${name}`, type)),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  settings.set(probeStream, { ...defaultStreamSettings, ...probeStreamSettings });
  types.set(probeType, probeTypeDefinition);

  return {
    strict: definition.unknownTypes === 'strict',
    type: (name) => types.get(name),
    stream: (name) => settings.get(name) ?? base,
    mayBeInferred: (name) => {
      const type = types.get(name);
      return type?.inferable ?? type?.consult !== 'always';
    },
  };
}

/** The same catalog with other settings, for every stream. */
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

function reserved(path: string, names: Iterable<string>, name: string): readonly string[] {
  return [...names].includes(name) ? [`${path}.${name} is reserved for eventmend probe`] : [];
}

function problemsOf(path: string, settings: StreamSettings): string[] {
  const problems: string[] = [];
  const isAtLeast = (name: 'graceMs' | 'resendTimeoutMs' | 'maxGap' | 'maxJump', least: number): void => {
    if (!(settings[name] >= least)) problems.push(`${path}.${name} is ${settings[name]}; it must be ${least} or more`);
  };
  isAtLeast('graceMs', 0);
  isAtLeast('resendTimeoutMs', 0);
  isAtLeast('maxGap', 1);
  isAtLeast('maxJump', 1);
  if (!(settings.windowMs >= retentionMs)) {
    problems.push(
      `${path}.windowMs is ${settings.windowMs}; it must be ${retentionMs} or more, for as long as messages are kept (retentionDays of topology.json), or one that comes again is not recognised`,
    );
  }
  if (!(settings.minConfidence >= 0 && settings.minConfidence <= 1)) {
    problems.push(`${path}.minConfidence is ${settings.minConfidence}; it must be between 0 and 1`);
  }
  if (settings.start !== undefined && !(Number.isSafeInteger(settings.start) && settings.start >= 0)) {
    problems.push(`${path}.start is ${settings.start}; it must be an id`);
  }
  if (!(settings.graceMs + settings.resendTimeoutMs < settings.windowMs / 2)) {
    problems.push(
      `${path}: graceMs + resendTimeoutMs must be less than half of windowMs, or ids are forgotten before they are asked for`,
    );
  }
  return problems;
}

function problemsOfType(path: string, type: TypeDefinition): string[] {
  const share = typeof type.consult === 'object' ? type.consult.share : 0;
  return share >= 0 && share <= 1 ? [] : [`${path}.consult.share is ${share}; it must be between 0 and 1`];
}
