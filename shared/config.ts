import { z } from 'zod';
import type { StreamSettings } from './stream-settings.ts';
import { consoleAccessOf, consoleVariables, type ConsoleAccess } from './console-settings.ts';
import type { DatabaseName } from './databases.ts';
import { settingsIn, type Env } from './env.ts';
import { ConfigError } from './errors.ts';
import type { SystemName } from './record-kinds.ts';
import { findSubscription, type NamedSubscription } from './sources/source-topic.ts';
import { numberText, parseSettings, text } from './setting-kinds.ts';
import { neededVariables, systemSettingsOf, systemVariables, type SystemSettings } from './system-settings.ts';
import { functionNames, maxDeliveryMs, subscriptionsOf, type FunctionName } from './topology.ts';

/** The address of Google Cloud, or of the emulators, and the timeouts of calls. */
export interface Connection {
  readonly projectId: string;
  /** The ids of the databases of Firestore. */
  readonly databaseIds: Readonly<Record<DatabaseName, string>>;
  /** The beginning of the names of topics and subscriptions, if the project holds several deployments. Otherwise empty. */
  readonly namePrefix: string;
  /** Whether any emulator is used. Then no credentials are needed. */
  readonly usesEmulator: boolean;
  /** `host:port` of the Firestore emulator. */
  readonly firestoreEmulatorHost?: string | undefined;
  readonly firestoreTimeoutMs: number;
  readonly publishTimeoutMs: number;
}

/** The settings of a deployed process, besides what it serves. */
export interface ProcessConfig extends Connection {
  /** The revision of the sources that the process was made of, if known. */
  readonly revision?: string | undefined;
  /** How often counts are written to the log. */
  readonly countsIntervalMs: number;
  /** Settings that replace the catalog's for every stream. */
  readonly streamSettings: Partial<StreamSettings>;
  readonly systems: SystemSettings;
  readonly consoleAccess: ConsoleAccess;
  /** Whether the process runs on Cloud Run, and not on a developer's machine. */
  readonly isOnCloudRun: boolean;
}

/** The settings of a deployed function. */
export interface FunctionConfig extends ProcessConfig {
  readonly target: FunctionName;
}

/** The settings of a worker, which pulls subscriptions. */
export interface WorkerConfig extends ProcessConfig {
  readonly subscriptions: readonly NamedSubscription[];
}

/** The default project id when an emulator is used. */
export const localProjectId = 'eventmend-local';

const emulatorVariables = ['PUBSUB_EMULATOR_HOST', 'FIRESTORE_EMULATOR_HOST'] as const;

const timeoutMs = (byDefault: number) =>
  numberText(/^\d+$/, (ms) => ms >= 100 && ms <= 600_000, 'a whole number of milliseconds from 100 to 600000').default(
    byDefault,
  );
const durationMs = numberText(/^\d+$/, Number.isSafeInteger, 'a whole number of milliseconds').optional();
const emulatorHost = text(/^[^/\s]+:\d{1,5}$/, 'host:port').optional();

const databaseId = text(/^(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/, "a database's id, or (default)");

const connectionSettings = z.object({
  GOOGLE_CLOUD_PROJECT: text(/^[a-z][a-z0-9.:-]{2,62}[a-z0-9]$/, "a project's id").describe(
    `the project. With an emulator the default is \`${localProjectId}\``,
  ),
  FIRESTORE_DATABASE: databaseId
    .default('(default)')
    .describe('the Firestore database of streams, gaps and clean events'),
  FIRESTORE_LETTERS_DATABASE: databaseId
    .default('eventmend-letters')
    .describe('the Firestore database of dead letters, kept messages, jobs and the audit trail'),
  NAME_PREFIX: text(/^[a-z][a-z0-9-]{2,12}-$/, 'a prefix of names, such as staging-')
    .optional()
    .describe('the beginning of the names of topics and subscriptions, such as `staging-`'),
  PUBSUB_EMULATOR_HOST: emulatorHost.describe('`host:port` of the Pub/Sub emulator'),
  FIRESTORE_EMULATOR_HOST: emulatorHost.describe('`host:port` of the Firestore emulator'),
  FIRESTORE_TIMEOUT_MS: timeoutMs(10_000).describe('how long a call to Firestore may take, from 100 to 600,000'),
  PUBLISH_TIMEOUT_MS: timeoutMs(20_000).describe('how long a call to Pub/Sub may take, from 100 to 600,000'),
});

/** Variables that replace a stream setting of the catalog, for every stream. */
const streamVariables = z.object({
  GRACE_MS: durationMs.describe("`graceMs` of every stream, in place of the catalog's"),
  RESEND_TIMEOUT_MS: durationMs.describe("`resendTimeoutMs` of every stream, in place of the catalog's"),
  MIN_CONFIDENCE: numberText(/^\d+(\.\d+)?$/, (confidence) => confidence <= 1, 'a number from 0 to 1')
    .optional()
    .describe("`minConfidence` of every stream, in place of the catalog's, from 0 to 1"),
});

/** The stream setting that each variable replaces. */
const replaced = {
  GRACE_MS: 'graceMs',
  RESEND_TIMEOUT_MS: 'resendTimeoutMs',
  MIN_CONFIDENCE: 'minConfidence',
} as const satisfies Readonly<Record<keyof typeof streamVariables.shape, keyof StreamSettings>>;

const processSettings = z.object({
  ...connectionSettings.shape,
  REVISION: text(/^[a-z0-9][a-z0-9-]{0,62}$/, 'at most 63 lowercase letters, digits and hyphens')
    .optional()
    .describe('the revision of the sources, for the log. The deployment sets it'),
  COUNTS_INTERVAL_MS: timeoutMs(10_000).describe(
    'the maximum time between two logs of counts while messages are in flight, from 100 to 600,000',
  ),
  ...streamVariables.shape,
  ...systemVariables.shape,
  ...consoleVariables.shape,
});

/** Every environment variable that a function reads. */
export const functionSettings = z.object({
  ...processSettings.shape,
  FUNCTION_TARGET: z
    .enum(functionNames, { error: `one of ${functionNames.join(', ')}` })
    .describe('the function to serve. The deployment sets it'),
});

const subscriptionList = 'names of subscriptions of topology.json or of sources, separated by commas, each once';
const subscriptionsIn = (names: string) => names.split(',').map((name) => findSubscription(name.trim()));
const isSubscriptionList = (names: string): boolean => {
  const found = subscriptionsIn(names).map((one) => one?.name);
  return !found.includes(undefined) && new Set(found).size === found.length;
};

/** Every environment variable that a worker reads. */
export const workerSettings = z.object({
  ...processSettings.shape,
  SUBSCRIPTIONS: z
    .string({ error: subscriptionList })
    .refine(isSubscriptionList, { error: subscriptionList })
    .transform((names) => subscriptionsIn(names).filter((one) => one !== undefined))
    .describe('the subscriptions that a worker pulls, separated by commas. The deployment sets it'),
});

/** The names of all environment variables that functions and workers read. */
export const settingNames = Object.keys({ ...functionSettings.shape, ...workerSettings.shape }) as readonly (
  keyof typeof functionSettings.shape | keyof typeof workerSettings.shape
)[];

/** Reads the connection settings. @throws ConfigError that lists all problems. */
export function readConnection(env: Env): Connection {
  const given = withDefaultProject(env);
  const { settings, problems } = parseSettings(connectionSettings, given);
  const all = [...problems, ...cloudRunProblems(given), ...databaseProblems(settings)];
  if (!settings || all.length > 0) throw new ConfigError(all);
  return connectionOf(settings);
}

/** Reads the settings of a deployed function. @throws ConfigError that lists all problems. */
export function readFunctionConfig(env: Env): FunctionConfig {
  const { settings, config } = readProcess(env, functionSettings, ({ FUNCTION_TARGET: target }) => ({
    to: target,
    maxMs: maxDeliveryMs(subscriptionsOf(target)),
  }));
  return { ...config, target: settings.FUNCTION_TARGET };
}

/** Reads the settings of a deployed worker. @throws ConfigError that lists all problems. */
export function readWorkerConfig(env: Env): WorkerConfig {
  const { settings, config } = readProcess(env, workerSettings, ({ SUBSCRIPTIONS: pulled }) => ({
    to: 'the worker',
    maxMs: Math.min(...pulled.map((one) => one.maxDeliveryMs)),
  }));
  return { ...config, subscriptions: settings.SUBSCRIPTIONS };
}

type ProcessSettings = z.infer<typeof processSettings>;

/** @param longest Says how long a delivery may take, in milliseconds, and to what. */
function readProcess<Settings extends ProcessSettings>(
  env: Env,
  schema: z.ZodType<Settings>,
  longest: (settings: Settings) => { readonly to: string; readonly maxMs: number },
): { readonly settings: Settings; readonly config: ProcessConfig } {
  const given = withDefaultProject(env);
  const { settings, problems } = parseSettings(schema, given);
  const all = [
    ...problems,
    ...emulatorProblems(given),
    ...cloudRunProblems(given),
    ...databaseProblems(settings),
    ...(settings ? timeoutProblems(settings, longest(settings)) : []),
  ];
  if (!settings || all.length > 0) throw new ConfigError(all);
  const config = {
    ...connectionOf(settings),
    revision: settings.REVISION,
    countsIntervalMs: settings.COUNTS_INTERVAL_MS,
    streamSettings: streamSettingsOf(settings),
    systems: systemSettingsOf(settings),
    consoleAccess: consoleAccessOf(settings),
    isOnCloudRun: onCloudRun.some((name) => given[name] !== undefined),
  };
  return { settings, config };
}

function streamSettingsOf(variables: z.output<typeof streamVariables>): Partial<StreamSettings> {
  const given = Object.entries(replaced)
    .map(([variable, name]) => [name, variables[variable as keyof typeof replaced]] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

function connectionOf(settings: z.infer<typeof connectionSettings>): Connection {
  return {
    projectId: settings.GOOGLE_CLOUD_PROJECT,
    databaseIds: { state: settings.FIRESTORE_DATABASE, letters: settings.FIRESTORE_LETTERS_DATABASE },
    namePrefix: settings.NAME_PREFIX ?? '',
    usesEmulator: emulatorVariables.some((name) => settings[name] !== undefined),
    firestoreEmulatorHost: settings.FIRESTORE_EMULATOR_HOST,
    firestoreTimeoutMs: settings.FIRESTORE_TIMEOUT_MS,
    publishTimeoutMs: settings.PUBLISH_TIMEOUT_MS,
  };
}

/** Adds the local project only if an emulator is set. So a forgotten variable never leads to a real project. */
function withDefaultProject(env: Env): Env {
  const given = settingsIn(env);
  const isLocal = emulatorVariables.some((name) => given[name] !== undefined);
  return { ...(isLocal && { GOOGLE_CLOUD_PROJECT: localProjectId }), ...given };
}

/** Reports a function that would use one emulator and one real service. */
function emulatorProblems(env: Env): string[] {
  const missing = emulatorVariables.filter((name) => env[name] === undefined);
  return missing.length === 1
    ? [`${missing.join()} is not set, but the host of the other emulator is; set both or neither`]
    : [];
}

/** Reports one database for both purposes: a function with a right on letters would have it on the blocks too. */
function databaseProblems(settings: z.infer<typeof connectionSettings> | undefined): string[] {
  return settings && settings.FIRESTORE_DATABASE === settings.FIRESTORE_LETTERS_DATABASE
    ? [
        `FIRESTORE_DATABASE and FIRESTORE_LETTERS_DATABASE are both ${JSON.stringify(settings.FIRESTORE_DATABASE)}; letters need a database of their own`,
      ]
    : [];
}

/** The variables of which Cloud Run sets one in every instance: of a function, and of a worker. */
const onCloudRun = ['K_SERVICE', 'CLOUD_RUN_WORKER_POOL'] as const;

/** Reports an emulator in a deployment, where stored data would be lost. */
function cloudRunProblems(env: Env): string[] {
  const platform = onCloudRun.find((name) => env[name] !== undefined);
  if (platform === undefined) return [];
  return emulatorVariables
    .filter((name) => env[name] !== undefined)
    .map((name) => `${name} is set; it must not be set on Cloud Run (${platform} is "${String(env[platform])}")`);
}

/**
 * Reports timeouts that are longer than a delivery. All calls end by the deadline of the delivery anyway. If a store
 * call and then a publish hang, both must time out before the deadline, so that the error names the call.
 */
function timeoutProblems(
  { FIRESTORE_TIMEOUT_MS, PUBLISH_TIMEOUT_MS }: ProcessSettings,
  { to, maxMs }: { readonly to: string; readonly maxMs: number },
): string[] {
  const sumMs = FIRESTORE_TIMEOUT_MS + PUBLISH_TIMEOUT_MS;
  return sumMs < maxMs
    ? []
    : [
        `FIRESTORE_TIMEOUT_MS + PUBLISH_TIMEOUT_MS is ${sumMs}; it must be less than the ${maxMs} that a delivery to ${to} may take`,
      ];
}

/** Reports the variables of the systems that a catalog names and that are not set, for a function that asks them. */
export function missingSystemKeys(
  env: Env,
  systems: ReadonlySet<SystemName>,
  compared: 'events with records' | 'streams with the list',
): readonly string[] {
  const given = settingsIn(env);
  const missing = [...systems].flatMap((system) =>
    neededVariables[system].filter((name) => given[name] === undefined).map((name) => ({ system, name })),
  );
  return missing.map(
    ({ system, name }) => `${name} is not set; the catalog compares ${compared} of ${system}, which needs it`,
  );
}
