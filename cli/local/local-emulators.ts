import { ConfigError } from '../../shared/errors.ts';
import type { Io } from '../command.ts';
import {
  hostVariables,
  missingTools,
  provideEmulator,
  type Emulator,
  type Hosts,
  type HostVariable,
} from './emulators.ts';
import type { Cleanups } from './cleanups.ts';

export type Emulators = Readonly<Record<HostVariable, Emulator>>;

/** Provides both emulators: starts those that the environment does not name. @throws ConfigError that says what to do. */
export async function provideEmulators(io: Io, cleanups: Cleanups): Promise<Emulators> {
  const wanted = hostVariables.filter((name) => io.env[name] === undefined);
  const problems = wanted.length > 0 ? missingTools(wanted, io.env) : [];
  if (problems.length > 0) throw new ConfigError(problems);
  if (wanted.length > 0) io.stdout.write('starting the emulators, which takes some seconds\n');
  const provide = async (name: HostVariable): Promise<Emulator> => {
    const emulator = await provideEmulator(name, io.env, io.signal);
    cleanups.push(() => emulator.stop());
    return emulator;
  };
  const [pubsub, firestore] = [provide('PUBSUB_EMULATOR_HOST'), provide('FIRESTORE_EMULATOR_HOST')];
  // Waits for both even if one fails: the other must be ended too.
  await Promise.allSettled([pubsub, firestore]);
  return { PUBSUB_EMULATOR_HOST: await pubsub, FIRESTORE_EMULATOR_HOST: await firestore };
}

/**
 * Returns the hosts of the emulators, and sets them in the environment of this process, where its client libraries look
 * for them.
 */
export function useEmulators({ PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST }: Emulators): Hosts {
  const hosts = {
    PUBSUB_EMULATOR_HOST: PUBSUB_EMULATOR_HOST.host,
    FIRESTORE_EMULATOR_HOST: FIRESTORE_EMULATOR_HOST.host,
  };
  // An emulator needs no credentials. Outside Google Cloud there is no metadata server to ask for them.
  Object.assign(process.env, hosts, { METADATA_SERVER_DETECTION: 'none' });
  return hosts;
}

/** Rejects when an emulator that was started here ends by itself. */
export async function rejectWhenLost(emulators: Emulators): Promise<never> {
  return Promise.race(
    hostVariables.map(async (name): Promise<never> => {
      const said = await emulators[name].ended;
      throw new ConfigError([`the emulator at ${name}=${emulators[name].host} ended, and its data is lost: ${said}`]);
    }),
  );
}
