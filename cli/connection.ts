import { readConnection, type Connection } from '../shared/config.ts';
import { defaultStream, streamSchema } from '../shared/event.ts';
import { text, UsageError, type Arguments, type Io } from './command.ts';

/** The Google Cloud, or the emulator, that a command speaks to. @throws UsageError rather than guess. */
export function connectionOf({ env }: Io): Connection {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  if (!isSet('PUBSUB_EMULATOR_HOST') && isSet('FIRESTORE_EMULATOR_HOST'))
    throw new UsageError('FIRESTORE_EMULATOR_HOST is set and PUBSUB_EMULATOR_HOST is not: set both, or neither');
  if (!isSet('PUBSUB_EMULATOR_HOST') && !isSet('GOOGLE_CLOUD_PROJECT'))
    throw new UsageError(
      'nowhere to publish to: set PUBSUB_EMULATOR_HOST (npm run dev prints it) or GOOGLE_CLOUD_PROJECT',
    );
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

/** The stream that `--stream` names. */
export function streamOf(args: Arguments): string {
  const stream = text(args, 'stream') ?? defaultStream;
  if (streamSchema.safeParse(stream).success) return stream;
  throw new UsageError('--stream is at most 128 letters, digits, ".", "_" and "-", the first a letter or digit');
}
