import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** The loopback address: everything that runs locally serves this machine only. */
export const localAddress = '127.0.0.1';

/** Returns a free port: the preferred one if it is free, otherwise any. */
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

/** Whether a process accepts connections at a port. */
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
