import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** All that runs locally is for this machine only. */
export const localAddress = '127.0.0.1';

/** A port that is free now: the one that is preferred, if it is, or any. */
export async function freePort(preferred = 0): Promise<number> {
  const server = createServer();
  try {
    server.listen(preferred, localAddress);
    await once(server, 'listening');
  } catch (error) {
    if (preferred === 0) throw error;
    return freePort();
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Tells whether somebody takes connections at a port. */
export async function isServed(port: number): Promise<boolean> {
  const socket = connect(port, localAddress);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
