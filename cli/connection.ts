import { readConnection, type Connection } from '../shared/config.ts';
import { defaultStream, streamSchema } from '../shared/event.ts';
import { UsageError, type Io } from './command.ts';

type HostVariable = 'PUBSUB_EMULATOR_HOST' | 'FIRESTORE_EMULATOR_HOST';

/**
 * The Google Cloud, or the emulators, that a command speaks to. One that speaks to an emulator where it should not, or to Google
 * Cloud, could do harm.
 *
 * @param needed The emulator that the command needs, if it speaks to emulators at all.
 * @throws UsageError rather than guess.
 */
export function connectionOf({ env }: Io, needed: HostVariable = 'PUBSUB_EMULATOR_HOST'): Connection {
  const isSet = (name: string): boolean => env[name] !== undefined;
  const other = needed === 'PUBSUB_EMULATOR_HOST' ? 'FIRESTORE_EMULATOR_HOST' : 'PUBSUB_EMULATOR_HOST';
  if (!isSet(needed) && isSet(other))
    throw new UsageError(`${other} is set and ${needed} is not: set both, or neither`);
  if (!isSet(needed) && !isSet('GOOGLE_CLOUD_PROJECT'))
    throw new UsageError(`no project to speak to: set ${needed} (npm run dev prints it) or GOOGLE_CLOUD_PROJECT`);
  const connection = readConnection(env);
  // An emulator needs no credentials, and off Google Cloud nobody answers who has them.
  if (connection.usesEmulator) process.env.METADATA_SERVER_DETECTION ??= 'none';
  return connection;
}

/** Names the emulator's address, where there is one. */
export function where({ env }: Io): string {
  const host = env.PUBSUB_EMULATOR_HOST;
  return host === undefined ? '' : ` at ${host}`;
}

/** `--stream` of a command that writes. Its default is the stream of events that name none. */
export const streamOption = {
  kind: 'text',
  value: 'NAME',
  default: defaultStream,
  help: 'name of the stream',
} as const;

/** `--stream` of a command that shows every stream without it. */
export const onlyStreamOption = { kind: 'text', value: 'NAME', help: 'of one stream only' } as const;

/** @throws UsageError if the value of `--stream` is no name of a stream. */
export function checkStream(stream: string): void {
  if (!streamSchema.safeParse(stream).success)
    throw new UsageError('--stream is at most 128 letters, digits, ".", "_" and "-", the first a letter or digit');
}
