import { streamNameForm } from '../shared/sources/stream-name.ts';
import { readConnection, type Connection } from '../shared/config.ts';
import { defaultStream, streamSchema } from '../shared/event.ts';
import { UsageError, type Io } from './command.ts';

type HostVariable = 'PUBSUB_EMULATOR_HOST' | 'FIRESTORE_EMULATOR_HOST';

/**
 * Returns the connection of a command: to Google Cloud, or to the emulators. A command that reaches the wrong one could
 * do harm, so the environment must be clear.
 *
 * @param needed The emulator that the command uses if it connects to emulators.
 * @throws UsageError if the environment names no project and no emulator, or only the other emulator.
 */
export function connectionOf({ env }: Io, needed: HostVariable = 'PUBSUB_EMULATOR_HOST'): Connection {
  const isSet = (name: string): boolean => env[name] !== undefined;
  const other = needed === 'PUBSUB_EMULATOR_HOST' ? 'FIRESTORE_EMULATOR_HOST' : 'PUBSUB_EMULATOR_HOST';
  if (!isSet(needed) && isSet(other))
    throw new UsageError(`${other} is set and ${needed} is not: set both, or neither`);
  if (!isSet(needed) && !isSet('GOOGLE_CLOUD_PROJECT'))
    throw new UsageError(
      `no project to connect to: set ${needed} (npm run dev prints it) or GOOGLE_CLOUD_PROJECT. ` +
        'npm start keeps its state in memory, which only its console shows',
    );
  const connection = readConnection(env);
  // An emulator needs no credentials. Outside Google Cloud there is no metadata server to ask for them.
  if (connection.usesEmulator) process.env.METADATA_SERVER_DETECTION ??= 'none';
  return connection;
}

/** Returns ` at HOST` for the Pub/Sub emulator, and an empty text for Google Cloud. */
export function atEmulator({ env }: Io): string {
  const host = env.PUBSUB_EMULATOR_HOST;
  return host === undefined ? '' : ` at ${host}`;
}

/** The option `--stream` of a command that writes. The default is the stream of events that name no stream. */
export const streamOption = {
  kind: 'text',
  value: 'NAME',
  default: defaultStream,
  help: 'name of the stream',
} as const;

/** The option `--stream` of a command that shows every stream by default. */
export const onlyStreamOption = { kind: 'text', value: 'NAME', help: 'show only this stream' } as const;

/** Checks the name of a stream. @param where The option or argument with it. @throws UsageError if it is not allowed. */
export function checkStream(stream: string, where = '--stream'): void {
  if (!streamSchema.safeParse(stream).success) throw new UsageError(`${where} takes ${streamNameForm}`);
}
