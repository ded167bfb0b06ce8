import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A server that takes connections and never answers. */
export interface SilentServer {
  /** Its host and port. */
  readonly host: string;
  close(): void;
}

export async function openSilentServer(): Promise<SilentServer> {
  const server = createServer((socket) => {
    // The client ends the connection as it likes.
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
    },
  };
}
