import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Attributes } from '../../shared/messages/message.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { freePort } from '../../cli/local/port.ts';
import { patientSettings } from '../support/emulators.ts';
import { eventually } from '../support/eventually.ts';

export interface Push {
  /** Names the topic. */
  readonly path: string;
  readonly subscription: string;
  readonly data?: string | Uint8Array;
  readonly attributes?: Attributes;
}

/** The number of attempts to start a function on a port that was free. */
const maxStarts = 5;

/** The body of a push, as Pub/Sub posts it. */
export function pushBody({ subscription, data, attributes }: Push): object {
  const message = {
    ...(data !== undefined && { data: Buffer.from(data).toString('base64') }),
    ...(attributes && { attributes }),
    messageId: '2070443601311540',
    message_id: '2070443601311540',
    publishTime: '2025-02-09T12:00:00.000Z',
    publish_time: '2025-02-09T12:00:00.000Z',
  };
  return { message, subscription: `projects/test/subscriptions/${subscription}`, deliveryAttempt: 1 };
}

/** A function that the framework serves as it does in the cloud, in a process of its own, from what `npm run build` made. */
export class ServedFunction {
  private readonly child: ChildProcess;
  private readonly said: string[] = [];
  readonly url: string;

  private constructor(child: ChildProcess, url: string) {
    this.child = child;
    this.url = url;
    for (const output of [child.stdout, child.stderr])
      output?.on('data', (data: Buffer) => this.said.push(String(data)));
  }

  /**
   * Starts a function without waiting until it serves.
   *
   * @param nodeOptions Of Node's command line.
   */
  static async spawn(
    name: FunctionName,
    env: NodeJS.ProcessEnv,
    source = `dist/functions/${name}`,
    nodeOptions: readonly string[] = [],
  ): Promise<ServedFunction> {
    const port = await freePort();
    const framework = 'node_modules/@google-cloud/functions-framework/build/src/main.js';
    const child = spawn(process.execPath, [...nodeOptions, framework, `--source=${source}`], {
      env: { PATH: process.env.PATH, FUNCTION_TARGET: name, ...patientSettings, ...env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServedFunction(child, `http://127.0.0.1:${port}`);
  }

  /** Starts a worker without waiting until it pulls. */
  static spawnWorker(env: NodeJS.ProcessEnv, source = 'dist/functions/worker'): ServedFunction {
    const child = spawn(process.execPath, [`${source}/index.js`], {
      env: { PATH: process.env.PATH, ...patientSettings, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServedFunction(child, '');
  }

  /** Starts a function and waits until it serves. If another process took the port meanwhile, it tries another one. */
  static async start(...args: Parameters<typeof ServedFunction.spawn>): Promise<ServedFunction> {
    for (let left = maxStarts; ; left--) {
      const served = await ServedFunction.spawn(...args);
      try {
        await served.says('Serving function...');
        return served;
      } catch (error) {
        if (left <= 1 || !served.output.includes('EADDRINUSE')) throw error;
      }
    }
  }

  /** The most memory that its process has had (resident set), in bytes. */
  get peakMemoryBytes(): number {
    const status = readFileSync(`/proc/${String(this.child.pid)}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  }

  /** All that it wrote. */
  get output(): string {
    return this.said.join('');
  }

  /** Waits until it has written a text. @throws If it ends without. */
  async says(text: string): Promise<void> {
    await eventually(`"${text}"`, () => {
      if (this.output.includes(text)) return true;
      if (this.hasEnded) throw new Error(`it never said "${text}", but: ${this.output}`);
      return undefined;
    });
  }

  /** Posts a push as Pub/Sub does. @returns The status of the answer. */
  async push(push: Push): Promise<number> {
    return this.post(push.path, pushBody(push));
  }

  async post(path: string, body: unknown): Promise<number> {
    const headers = { 'content-type': 'application/json' };
    return (await this.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.url}${path}`, init);
  }

  /** @returns The code that it ends with. */
  async ended(): Promise<number | null> {
    await eventually('the function ends', () => this.hasEnded);
    return this.child.exitCode;
  }

  /** Takes its CPU, as Cloud Run does with an instance that has no request. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  /** Gives its CPU back. */
  continue(): void {
    this.child.kill('SIGCONT');
  }

  /** Tells a listener that a test has put into it (`nodeOptions`). */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Asks it to end, as Cloud Run does. @returns The code that it ends with. */
  async stop(): Promise<number | null> {
    if (!this.hasEnded) this.child.kill('SIGTERM');
    return this.ended();
  }

  /** Asks it to end at the very moment at which a request comes. @returns The code that it ends with. */
  async stopWithRequest(): Promise<number | null> {
    const { hostname, port } = new URL(this.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    // Asleep, so that it finds both when it wakes.
    this.child.kill('SIGSTOP');
    await new Promise((resolve) => socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n', resolve));
    this.child.kill('SIGTERM');
    this.child.kill('SIGCONT');
    try {
      return await this.ended();
    } finally {
      this.child.kill('SIGKILL');
      socket.destroy();
    }
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
