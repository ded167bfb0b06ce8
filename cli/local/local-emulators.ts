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

/** Where the emulators are; those that the environment does not name are started. @throws ConfigError that says what to do. */
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
  // Also where one fails: the other is to be ended too.
  await Promise.allSettled([pubsub, firestore]);
  return { PUBSUB_EMULATOR_HOST: await pubsub, FIRESTORE_EMULATOR_HOST: await firestore };
}

/** Where they are. The client libraries of this process are told too: they look into its environment, and nowhere else. */
export function hostsOf({ PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST }: Emulators): Hosts {
  const hosts = {
    PUBSUB_EMULATOR_HOST: PUBSUB_EMULATOR_HOST.host,
    FIRESTORE_EMULATOR_HOST: FIRESTORE_EMULATOR_HOST.host,
  };
  // An emulator needs no credentials, and off Google Cloud nobody answers who has them.
  Object.assign(process.env, hosts, { METADATA_SERVER_DETECTION: 'none' });
  return hosts;
}

/** Rejects when an emulator that was started here ends by itself. */
export async function lossOf(emulators: Emulators): Promise<never> {
  return Promise.race(
    hostVariables.map(async (name): Promise<never> => {
      const said = await emulators[name].ended;
      throw new ConfigError([
        `the emulator at ${name}=${emulators[name].host} ended, and what it held is gone: ${said}`,
      ]);
    }),
  );
}
