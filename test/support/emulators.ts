import { randomUUID } from 'node:crypto';
import { hostVariables, startEmulator, type Emulator } from '../../cli/local/emulators.ts';
import { type Connection } from '../../shared/config.ts';
import { settingsIn } from '../../shared/env.ts';

/** The emulators that {@link startEmulators} started. */
export interface RunningEmulators {
  stop(): Promise<void>;
}

/**
 * Starts the emulators that the environment does not name, at free ports, and writes their addresses into the environment, so that
 * processes that are started later find them.
 * @throws Error with the end of an emulator's output, if it does not answer in time.
 */
export async function startEmulators(env: NodeJS.ProcessEnv): Promise<RunningEmulators> {
  const started: Emulator[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((emulator) => emulator.stop()));
  };
  const missing = hostVariables.filter((name) => settingsIn(env)[name] === undefined);
  const starting = missing.map(async (name) => {
    const emulator = await startEmulator(name, env, new AbortController().signal, 0);
    started.push(emulator);
    env[name] = emulator.host;
  });
  const failed = (await Promise.allSettled(starting)).find(({ status }) => status === 'rejected');
  if (!failed) return { stop };
  await stop();
  throw (failed as PromiseRejectedResult).reason;
}

/** Makes a connection to the emulators in a project that no other test file uses. */
export function emulatedConnection(): Connection {
  return {
    projectId: `test-${randomUUID()}`,
    databaseIds: { state: '(default)', letters: 'eventmend-letters' },
    namePrefix: '',
    usesEmulator: true,
    firestoreEmulatorHost: process.env.FIRESTORE_EMULATOR_HOST,
    firestoreTimeoutMs: 120_000,
    publishTimeoutMs: 120_000,
  };
}

/** Time-outs for a function that a test pushes to. They are long, so that a slow machine causes no nack. */
export const patientSettings = { FIRESTORE_TIMEOUT_MS: '30000', PUBLISH_TIMEOUT_MS: '20000' } as const;
