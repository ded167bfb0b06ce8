import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client of HTTP that says when each byte is sent, on one connection. */
export class RawClient {
  private readonly socket: Socket;
  private received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (this.received += text));
    // A server that closes the connection may reset it.
    socket.on('error', () => undefined);
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Sends the head of a POST. */
  sendHead(path: string, headers: Readonly<Record<string, string | number>>): void {
    const lines = Object.entries({ host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.send(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }

  /** Resolves to the status of the next response, once its head is there. @throws If the connection ends before. */
  async status(): Promise<number> {
    for (;;) {
      const [head, status] = /HTTP\/1\.1 (\d+)[^]*?\r\n\r\n/.exec(this.received) ?? [];
      if (head !== undefined) {
        this.received = this.received.slice(this.received.indexOf(head) + head.length);
        return Number(status);
      }
      if (this.socket.destroyed) throw new Error(`the connection ended after "${this.received}"`);
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
  }

  /** Resolves when the connection is closed, by either side. */
  async closed(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket, 'close');
  }

  /** Closes the connection, whatever is underway. */
  destroy(): void {
    this.socket.destroy();
  }
}
