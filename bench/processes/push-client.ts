import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { localAddress } from '../../cli/local/port.ts';

const headEnd = '\r\n\r\n';

/** A connection that the function has closed. It closes those that nobody uses for five seconds. */
class ConnectionLost extends Error {}

/**
 * Pushes prebuilt requests over kept-alive connections, one at a time on each. A client of HTTP would take as much CPU as
 * the function that is measured.
 */
export class PushClient {
  private readonly port: number;
  private readonly free: Socket[];
  private readonly open: Set<Socket>;
  private readonly waiting: ((socket: Socket) => void)[] = [];

  private constructor(port: number, sockets: readonly Socket[]) {
    this.port = port;
    this.open = new Set(sockets);
    this.free = [...sockets];
  }

  /** @param connections The most pushes in flight. */
  static async connect(port: number, connections: number): Promise<PushClient> {
    return new PushClient(port, await Promise.all(Array.from({ length: connections }, () => connectTo(port))));
  }

  /**
   * Pushes a request as soon as a connection is free.
   *
   * @returns How long the answer took, in milliseconds.
   * @throws Error if the answer is not 204.
   */
  async push(request: Buffer): Promise<number> {
    let socket = this.free.pop() ?? (await new Promise<Socket>((resolve) => this.waiting.push(resolve)));
    try {
      for (;;) {
        try {
          return await exchange(socket, request);
        } catch (error) {
          if (!(error instanceof ConnectionLost)) throw error;
          this.open.delete(socket);
          socket = await connectTo(this.port);
          this.open.add(socket);
        }
      }
    } finally {
      const next = this.waiting.shift();
      if (next) next(socket);
      else this.free.push(socket);
    }
  }

  close(): void {
    for (const socket of this.open) socket.destroy();
  }
}

/** @throws Error if nothing listens. */
async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, localAddress).setNoDelay();
  await once(socket, 'connect');
  // An error closes the connection, and the next push sees that.
  socket.on('error', () => undefined);
  return socket;
}

/** @returns How long the answer took, in milliseconds. */
function exchange(socket: Socket, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const sentAtMs = performance.now();
    let answer = '';
    const end = (error?: Error): void => {
      socket.off('data', take);
      socket.off('close', lost);
      if (error) reject(error);
      else resolve(performance.now() - sentAtMs);
    };
    const lost = (): void => {
      end(new ConnectionLost());
    };
    const take = (data: Buffer): void => {
      answer += data.toString('latin1');
      // An answer of 204 has no body, so it ends with its head.
      if (!answer.endsWith(headEnd)) return;
      if (answer.startsWith('HTTP/1.1 204')) end();
      else end(new Error(`a push was not acked: ${answer}`));
    };
    socket.on('data', take);
    socket.on('close', lost);
    if (socket.destroyed || socket.readableEnded) lost();
    else socket.write(request);
  });
}

/** A message as a subscription pushes it. */
export interface PushedMessage {
  readonly topic: string;
  readonly subscription: string;
  readonly id: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Builds the whole request of a push, head and body. */
export function pushRequest({ topic, subscription, id, data, attributes }: PushedMessage): Buffer {
  const message = {
    data: Buffer.from(data).toString('base64'),
    ...{ attributes, messageId: id, message_id: id },
    ...{ publishTime: '2026-01-01T00:00:00.000Z', publish_time: '2026-01-01T00:00:00.000Z' },
  };
  const body = JSON.stringify({ message, subscription: `projects/bench/subscriptions/${subscription}` });
  const head = [
    `POST /${topic} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}${headEnd}${body}`);
}
