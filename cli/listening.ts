import { once } from 'node:events';
import { connect } from 'node:net';
import { CommandError } from './command.ts';

/** How long an emulator may take to accept a connection, in milliseconds. */
const maxConnectMs = 2_000;

/**
 * Checks that an emulator listens. Without this check, the clients of Google Cloud try again for ten seconds.
 *
 * @param host `host:port`. Undefined for Google Cloud.
 * @throws CommandError that names the host, the variable and the next step.
 */
export async function checkListening(
  variable: 'PUBSUB_EMULATOR_HOST' | 'FIRESTORE_EMULATOR_HOST',
  host: string | undefined,
): Promise<void> {
  if (host === undefined) return;
  const [, name = '', port = ''] = /^(.*):(\d+)$/.exec(host) ?? [];
  const socket = connect({ host: name, port: Number(port), timeout: maxConnectMs });
  try {
    await Promise.race([once(socket, 'connect'), once(socket, 'timeout').then(() => Promise.reject(new Error()))]);
  } catch {
    throw new CommandError(
      `nothing listens at ${host} (${variable}): start the emulators with npm run dev, or set ${variable} to their address`,
    );
  } finally {
    socket.destroy();
  }
}
