import { z } from 'zod';
import type { StreamSettings } from './stream-settings.ts';
import { ConfigError } from './errors.ts';
import { numberText, parseSettings, text } from './setting-kinds.ts';
import { functionNames, maxDeliveryMs, subscriptionsOf, type FunctionName } from './topology.ts';

/** The environment, as a parameter: whoever starts a process passes its own. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Where Google Cloud is, or the emulators in its place, and how long to wait for it. */
export interface Connection {
  readonly projectId: string;
  readonly databaseId: string;
  /** Some emulator stands in for Google Cloud, so that no credentials are to be looked for. */
  readonly usesEmulator: boolean;
  /** `host:port` of the emulator that stands in for Firestore. */
  readonly firestoreEmulatorHost?: string | undefined;
  readonly firestoreTimeoutMs: number;
  readonly publishTimeoutMs: number;
}

/** What a deployed function is told. */
export interface FunctionConfig extends Connection {
  readonly target: FunctionName;
  /** How often counts are written to the log. */
  readonly countsIntervalMs: number;
  /** In place of the catalog's, for every stream. */
  readonly streamSettings: Partial<StreamSettings>;
}

/** The project's name where an emulator stands in for Google Cloud, and no other is given. */
export const localProjectId = 'eventmend-local';

/** The settings of an environment. A variable that is empty is not set. */
export function settingsIn(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}

const emulatorVariables = ['PUBSUB_EMULATOR_HOST', 'FIRESTORE_EMULATOR_HOST'] as const;

const timeoutMs = (byDefault: number) =>
  numberText(/^\d+$/, (ms) => ms >= 100 && ms <= 600_000, 'a whole number of milliseconds from 100 to 600000').default(
    byDefault,
  );
const durationMs = numberText(/^\d+$/, Number.isSafeInteger, 'a whole number of milliseconds').optional();
const emulatorHost = text(/^[^/\s]+:\d{1,5}$/, 'host:port').optional();

const connectionSettings = z.object({
  GOOGLE_CLOUD_PROJECT: text(/^[a-z][a-z0-9.:-]{2,62}[a-z0-9]$/, "a project's id").describe(
    `the project. With an emulator the default is \`${localProjectId}\``,
  ),
  FIRESTORE_DATABASE: text(/^(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/, "a database's id, or (default)")
    .default('(default)')
    .describe('the Firestore database'),
  PUBSUB_EMULATOR_HOST: emulatorHost.describe('`host:port` of the Pub/Sub emulator'),
  FIRESTORE_EMULATOR_HOST: emulatorHost.describe('`host:port` of the Firestore emulator'),
  FIRESTORE_TIMEOUT_MS: timeoutMs(10_000).describe('how long a call to Firestore may take, from 100 to 600,000'),
  PUBLISH_TIMEOUT_MS: timeoutMs(20_000).describe('how long a call to Pub/Sub may take, from 100 to 600,000'),
});

/** Settings of a stream that replace the catalog's, for every stream. */
const streamVariables = z.object({
  GRACE_MS: durationMs.describe("`graceMs` of every stream, in place of the catalog's"),
  RESEND_TIMEOUT_MS: durationMs.describe("`resendTimeoutMs` of every stream, in place of the catalog's"),
  MIN_CONFIDENCE: numberText(/^\d+(\.\d+)?$/, (confidence) => confidence <= 1, 'a number from 0 to 1')
    .optional()
    .describe("`minConfidence` of every stream, in place of the catalog's, from 0 to 1"),
});

/** The setting of a stream that each of these variables replaces. */
const replaced = {
  GRACE_MS: 'graceMs',
  RESEND_TIMEOUT_MS: 'resendTimeoutMs',
  MIN_CONFIDENCE: 'minConfidence',
} as const satisfies Readonly<Record<keyof typeof streamVariables.shape, keyof StreamSettings>>;

/** Every variable of the environment that a function reads. */
export const functionSettings = z.object({
  ...connectionSettings.shape,
  FUNCTION_TARGET: z
    .enum(functionNames, { error: `one of ${functionNames.join(', ')}` })
    .describe('the function that is served. The deployment sets it'),
  COUNTS_INTERVAL_MS: timeoutMs(10_000).describe(
    'how often counts are logged at least while messages are in flight, from 100 to 600,000',
  ),
  ...streamVariables.shape,
});

/** The names of all variables that a function reads. */
export const settingNames = Object.keys(functionSettings.shape) as readonly (keyof typeof functionSettings.shape)[];

/** Reads where Google Cloud is. @throws ConfigError that lists everything that is wrong. */
export function readConnection(env: Env): Connection {
  const given = withDefaultProject(env);
  const { settings, problems } = parseSettings(connectionSettings, given);
  const all = [...problems, ...cloudRunProblems(given)];
  if (!settings || all.length > 0) throw new ConfigError(all);
  return connectionOf(settings);
}

/** Reads the settings of a deployed function. @throws ConfigError that lists everything that is wrong. */
export function readFunctionConfig(env: Env): FunctionConfig {
  const given = withDefaultProject(env);
  const { settings, problems } = parseSettings(functionSettings, given);
  const all = [
    ...problems,
    ...emulatorProblems(given),
    ...cloudRunProblems(given),
    ...(settings ? timeoutProblems(settings) : []),
  ];
  if (!settings || all.length > 0) throw new ConfigError(all);
  return {
    ...connectionOf(settings),
    target: settings.FUNCTION_TARGET,
    countsIntervalMs: settings.COUNTS_INTERVAL_MS,
    streamSettings: streamSettingsOf(settings),
  };
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
    databaseId: settings.FIRESTORE_DATABASE,
    usesEmulator: emulatorVariables.some((name) => settings[name] !== undefined),
    firestoreEmulatorHost: settings.FIRESTORE_EMULATOR_HOST,
    firestoreTimeoutMs: settings.FIRESTORE_TIMEOUT_MS,
    publishTimeoutMs: settings.PUBLISH_TIMEOUT_MS,
  };
}

/** Adds the local project only where an emulator is set, so that nothing real can be reached by mistake. */
function withDefaultProject(env: Env): Env {
  const given = settingsIn(env);
  const isLocal = emulatorVariables.some((name) => given[name] !== undefined);
  return { ...(isLocal && { GOOGLE_CLOUD_PROJECT: localProjectId }), ...given };
}

/** A function that reads from an emulator and writes to the real thing would mix the two. */
function emulatorProblems(env: Env): string[] {
  const missing = emulatorVariables.filter((name) => env[name] === undefined);
  return missing.length === 1
    ? [`${missing.join()} is not set, but the other emulator's host is: both, or neither`]
    : [];
}

/** An emulator would lose what a deployed function stores in it. Cloud Run sets K_SERVICE in every instance. */
function cloudRunProblems(env: Env): string[] {
  if (env.K_SERVICE === undefined) return [];
  return emulatorVariables
    .filter((name) => env[name] !== undefined)
    .map((name) => `${name} is set; it must not be on Cloud Run (K_SERVICE is "${String(env.K_SERVICE)}")`);
}

/**
 * All calls of a delivery end by its deadline, whatever these settings are. But a store that hangs, and then a publish that hangs, must
 * be given up before that, so that the error names the call and not only the deadline.
 */
function timeoutProblems(settings: z.infer<typeof functionSettings>): string[] {
  const { FUNCTION_TARGET: target, FIRESTORE_TIMEOUT_MS, PUBLISH_TIMEOUT_MS } = settings;
  const sumMs = FIRESTORE_TIMEOUT_MS + PUBLISH_TIMEOUT_MS;
  const deadlineMs = maxDeliveryMs(subscriptionsOf(target));
  return sumMs < deadlineMs
    ? []
    : [
        `FIRESTORE_TIMEOUT_MS + PUBLISH_TIMEOUT_MS is ${sumMs}; it must be less than the ${deadlineMs} that a delivery to ${target} may take`,
      ];
}
