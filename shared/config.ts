import { z } from 'zod';
import type { StreamSettings } from './stream-settings.ts';
import { ConfigError } from './errors.ts';
import { stages } from './failure.ts';
import { maxDeliveryMs, subscriptionsOf, type FunctionName } from './topology.ts';

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

/** Numbers are in decimal digits: `Number` would read " " as 0, and "0x10" as 16. */
const wholeNumber = z.string().regex(/^\d+$/).transform(Number);
const share = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number);

const milliseconds = (byDefault: number) => wholeNumber.refine((ms) => ms >= 100 && ms <= 600_000).default(byDefault);
const duration = wholeNumber.refine((ms) => Number.isSafeInteger(ms)).optional();
const emulatorHost = z
  .string()
  .regex(/^[^/\s]+:\d{1,5}$/)
  .optional();

const connectionSettings = z.object({
  GOOGLE_CLOUD_PROJECT: z.string().regex(/^[a-z][a-z0-9.:-]{2,62}[a-z0-9]$/),
  FIRESTORE_DATABASE: z
    .string()
    .regex(/^(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/)
    .default('(default)'),
  PUBSUB_EMULATOR_HOST: emulatorHost,
  FIRESTORE_EMULATOR_HOST: emulatorHost,
  FIRESTORE_TIMEOUT_MS: milliseconds(10_000),
  PUBLISH_TIMEOUT_MS: milliseconds(20_000),
});

const functionSettings = connectionSettings.extend({
  FUNCTION_TARGET: z.enum(stages),
  COUNTS_INTERVAL_MS: milliseconds(10_000),
  GRACE_MS: duration,
  RESEND_TIMEOUT_MS: duration,
  MIN_CONFIDENCE: share.refine((confidence) => confidence <= 1).optional(),
});

type SettingName = keyof z.infer<typeof functionSettings>;

const wanted: Readonly<Record<SettingName, string>> = {
  GOOGLE_CLOUD_PROJECT: "a project's id",
  FIRESTORE_DATABASE: "a database's id, or (default)",
  PUBSUB_EMULATOR_HOST: 'host:port',
  FIRESTORE_EMULATOR_HOST: 'host:port',
  FIRESTORE_TIMEOUT_MS: 'a whole number of milliseconds from 100 to 600000',
  PUBLISH_TIMEOUT_MS: 'a whole number of milliseconds from 100 to 600000',
  FUNCTION_TARGET: `one of ${stages.join(', ')}`,
  COUNTS_INTERVAL_MS: 'a whole number of milliseconds from 100 to 600000',
  GRACE_MS: 'a whole number of milliseconds',
  RESEND_TIMEOUT_MS: 'a whole number of milliseconds',
  MIN_CONFIDENCE: 'a number from 0 to 1',
};

/** All that a function reads of its environment. */
export const settingNames = Object.keys(wanted) as readonly SettingName[];

/** Reads where Google Cloud is. @throws ConfigError that lists all that is wrong. */
export function readConnection(env: Env): Connection {
  const given = withDefaultProject(env);
  const { settings, problems } = read(connectionSettings, given);
  problems.push(...cloudRunProblems(given));
  if (!settings || problems.length > 0) throw new ConfigError(problems);
  return connectionOf(settings);
}

/** Reads the settings of a deployed function. @throws ConfigError that lists all that is wrong. */
export function readFunctionConfig(env: Env): FunctionConfig {
  const given = withDefaultProject(env);
  const { settings, problems } = read(functionSettings, given);
  problems.push(...emulatorProblems(given), ...cloudRunProblems(given), ...(settings ? timeoutProblems(settings) : []));
  if (!settings || problems.length > 0) throw new ConfigError(problems);
  return {
    ...connectionOf(settings),
    target: settings.FUNCTION_TARGET,
    countsIntervalMs: settings.COUNTS_INTERVAL_MS,
    streamSettings: streamSettingsOf(settings),
  };
}

function streamSettingsOf(settings: z.infer<typeof functionSettings>): Partial<StreamSettings> {
  const { GRACE_MS: graceMs, RESEND_TIMEOUT_MS: resendTimeoutMs, MIN_CONFIDENCE: minConfidence } = settings;
  return {
    ...(graceMs !== undefined && { graceMs }),
    ...(resendTimeoutMs !== undefined && { resendTimeoutMs }),
    ...(minConfidence !== undefined && { minConfidence }),
  };
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

function read<Settings>(schema: z.ZodType<Settings>, env: Env): { settings: Settings | undefined; problems: string[] } {
  const { data: settings, error } = schema.safeParse(env);
  const names = new Set(error?.issues.map(({ path }) => path[0] as SettingName));
  return { settings, problems: [...names].map((name) => `${name} ${state(env[name])}; it must be ${wanted[name]}`) };
}

function state(value: string | undefined): string {
  return value === undefined ? 'is not set' : `is "${value}"`;
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
