import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Rule {
  readonly text: string;
  /** The bytes that are held back from then on. */
  readonly holds: 'requests' | 'answers';
  readonly found: () => void;
}

/**
 * Stands between a function and an emulator, and holds back what a test wants held back. gRPC's payloads go over the wire as they
 * are, so that the one that carries a given text can be told.
 */
export class TcpProxy {
  readonly host: string;
  private readonly server: Server;
  private readonly pipes = new Set<Pipe>();
  private rule: Rule | undefined;
  private isStalled = false;

  private constructor(server: Server) {
    this.server = server;
    this.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async to(target: string): Promise<TcpProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new TcpProxy(server);
    server.on('connection', (client) => {
      proxy.take(client, target);
    });
    return proxy;
  }

  /** Resolves when a request that carries the text was held back; nothing behind it gets through either. */
  holdRequest(text: string): Promise<void> {
    return this.hold(text, 'requests');
  }

  /** Resolves when a request that carries the text has been let through; no answer gets through from then on. */
  holdAnswer(text: string): Promise<void> {
    return this.hold(text, 'answers');
  }

  /** Holds nothing more back of new connections. What was held back is lost with its connection. */
  release(): void {
    this.rule = undefined;
  }

  /** Breaks the connections that there are. */
  breakConnections(): void {
    for (const pipe of this.pipes) pipe.destroy();
  }

  /** Lets nothing through in either direction, and breaks no connection. */
  stall(): void {
    this.isStalled = true;
    for (const pipe of this.pipes) pipe.pause();
  }

  resume(): void {
    this.isStalled = false;
    for (const pipe of this.pipes) pipe.resume();
  }

  close(): void {
    this.server.close();
    this.breakConnections();
  }

  private hold(text: string, holds: Rule['holds']): Promise<void> {
    return new Promise((found) => {
      this.rule = { text, holds, found };
    });
  }

  private take(client: Socket, target: string): void {
    const pipe = new Pipe(client, target, (data) => {
      if (!this.rule || !data.includes(this.rule.text)) return undefined;
      this.rule.found();
      return this.rule.holds;
    });
    this.pipes.add(pipe);
    if (this.isStalled) pipe.pause();
    client.on('close', () => this.pipes.delete(pipe));
  }
}

/** One connection. */
class Pipe {
  private readonly client: Socket;
  private readonly upstream: Socket;
  private heldBack: Rule['holds'] | undefined;

  constructor(client: Socket, target: string, watch: (data: Buffer) => Rule['holds'] | undefined) {
    const [host, port] = target.split(':');
    this.client = client;
    this.upstream = connect(Number(port), host);
    for (const socket of [client, this.upstream]) socket.setNoDelay();
    client.on('data', (data) => {
      this.heldBack ??= watch(data);
      if (this.heldBack !== 'requests') this.upstream.write(data);
    });
    this.upstream.on('data', (data) => {
      if (this.heldBack !== 'answers') client.write(data);
    });
    for (const [one, other] of [
      [client, this.upstream],
      [this.upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }

  pause(): void {
    this.client.pause();
    this.upstream.pause();
  }

  resume(): void {
    this.client.resume();
    this.upstream.resume();
  }

  destroy(): void {
    this.client.destroy();
    this.upstream.destroy();
  }
}
