import { readConnection, type Connection } from '../shared/config.ts';
import { defaultStream, streamSchema } from '../shared/event.ts';
import { text, UsageError, type Arguments, type Io } from './command.ts';

type HostVariable = 'PUBSUB_EMULATOR_HOST' | 'FIRESTORE_EMULATOR_HOST';

/**
 * The Google Cloud, or the emulators, that a command speaks to. One that speaks to an emulator where it should not, or to Google
 * Cloud, could do harm.
 *
 * @param needed The emulator that the command needs, if it speaks to emulators at all.
 * @throws UsageError rather than guess.
 */
export function connectionOf({ env }: Io, needed: HostVariable = 'PUBSUB_EMULATOR_HOST'): Connection {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
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
  const host = env.PUBSUB_EMULATOR_HOST ?? '';
  return host === '' ? '' : ` at ${host}`;
}

/** The stream that `--stream` names, or the one of events that name none. */
export function streamOf(args: Arguments): string {
  return streamIn(args) ?? defaultStream;
}

/** The stream that `--stream` names. */
export function streamIn(args: Arguments): string | undefined {
  const stream = text(args, 'stream');
  if (stream === undefined || streamSchema.safeParse(stream).success) return stream;
  throw new UsageError('--stream is at most 128 letters, digits, ".", "_" and "-", the first a letter or digit');
}
