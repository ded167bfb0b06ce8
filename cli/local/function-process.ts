import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Env } from '../../shared/env.ts';
import { ConfigError } from '../../shared/errors.ts';
import { FunctionOutput } from './function-output.ts';
import { portTakenCode, servesMessage } from './function-signals.ts';
import { freePort, localAddress } from './port.ts';
import { commandOf, saysThatItPulls, type LocalProcess } from './process-command.ts';

export interface FunctionProcessOptions {
  readonly process: LocalProcess;
  readonly env: Env;
  /** The directory that `npm run build` made. */
  readonly built: string;
  readonly show: (line: string) => void;
  /** Chooses the port. By default any that is free. */
  readonly choosePort?: () => Promise<number>;
}

/**
 * The longest time that a function may take to start, in milliseconds. On an idle machine it takes a second. The wait
 * ends early if the function exits.
 */
const maxStartMs = 240_000;
/** The longest time that a function may take to end, in milliseconds. It limits itself to nine seconds. */
const maxEndMs = 12_000;
/** The backoff before a function that ended is started again, in milliseconds: the first delay, and the longest. */
const restartMs = { first: 250, longest: 10_000 };

/** How often another port is tried, if another process takes the chosen one before the function listens. */
const maxPorts = 3;

/**
 * A function in a process of its own, which the framework serves as in the cloud, or a worker. A process that ends is started
 * again.
 */
export class FunctionProcess {
  /** The address of a function that is pushed to. */
  readonly url: string | undefined;
  private readonly options: FunctionProcessOptions;
  private readonly port: number;
  private readonly output: FunctionOutput;
  private readonly ending = new AbortController();
  private child: ChildProcess;
  private restartsInARow = 0;

  private constructor(options: FunctionProcessOptions, port: number) {
    const {
      process: { name, pulls },
      show,
    } = options;
    this.options = options;
    this.port = port;
    this.url = pulls ? undefined : `http://${localAddress}:${port}`;
    this.output = new FunctionOutput({ name, show, now: () => performance.now() });
    this.child = this.spawn();
  }

  /**
   * Starts a function, and resolves when it serves.
   *
   * @throws ConfigError if it ends before it serves, or does not serve in time.
   */
  static async start(options: FunctionProcessOptions, signal: AbortSignal): Promise<FunctionProcess> {
    const { choosePort = freePort } = options;
    for (let ports = 1; ; ports++) {
      const started = await FunctionProcess.startAt(options, await choosePort(), ports < maxPorts, signal);
      if (started) return started;
    }
  }

  /** @returns Undefined if another process has taken the port, and another may be tried. */
  private static async startAt(
    options: FunctionProcessOptions,
    port: number,
    mayTryAnother: boolean,
    signal: AbortSignal,
  ): Promise<FunctionProcess | undefined> {
    const started = new FunctionProcess(options, port);
    try {
      if (await started.serves(signal)) {
        void started.restartWhenEnded();
        return started;
      }
      if (mayTryAnother && started.child.exitCode === portTakenCode) return undefined;
      throw new ConfigError([`${started.name} did not start: it ${started.describeEnd()}. Its output says why`]);
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  get name(): LocalProcess['name'] {
    return this.options.process.name;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Ends the function, as a failing machine or a deployment does. It is started again. @returns Whether it was running. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): boolean {
    return this.isRunning() && this.child.kill(signal);
  }

  /** Ends the function after it has finished the work under way. */
  async stop(): Promise<void> {
    this.ending.abort();
    if (!this.isRunning()) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await Promise.race([ended, setTimeout(maxEndMs, undefined, { ref: false })]);
    if (this.isRunning()) this.child.kill('SIGKILL');
    await ended;
  }

  private isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  private spawn(): ChildProcess {
    const { process: started, env, built } = this.options;
    const command = commandOf(started, built, this.port);
    const child = spawn(process.execPath, command.args, {
      // Detached, so that Ctrl-C at the terminal reaches only the command, which ends its functions in order.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      env: { ...env, ...command.env },
    });
    const [, stdout, stderr] = child.stdio as unknown as readonly [unknown, Readable, Readable];
    createInterface(stdout).on('line', (line) => {
      // A worker listens at no port, so its output says that it has started.
      if (saysThatItPulls(line)) child.emit('message', servesMessage);
      else this.output.takeOutput(line);
    });
    createInterface(stderr).on('line', (line) => {
      this.output.takeError(line);
    });
    return child;
  }

  /** Waits until the function says that it serves, or the worker that it pulls. @returns False if it ended, or does not serve in time. */
  private async serves(signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const { child } = this;
    try {
      return await Promise.race([
        once(child, 'message', { signal: until }).then(([message]) => message === servesMessage),
        once(child, 'exit', { signal: until }).then(() => false),
        setTimeout(maxStartMs, false, { signal: until }),
      ]);
    } finally {
      over.abort();
    }
  }

  /** Starts the function again whenever it ends, until it is stopped. */
  private async restartWhenEnded(): Promise<void> {
    const { signal } = this.ending;
    try {
      while (!signal.aborted) {
        const startedAtMs = performance.now();
        if (this.isRunning()) await once(this.child, 'exit', { signal });
        if (performance.now() - startedAtMs > restartMs.longest) this.restartsInARow = 0;
        const delayMs = Math.min(restartMs.longest, restartMs.first * 2 ** this.restartsInARow++);
        this.output.say(`${this.describeEnd()}; it is started again in ${delayMs} ms`);
        await setTimeout(delayMs, undefined, { signal });
        this.child = this.spawn();
        if (await this.serves(signal)) this.output.say('serves again');
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private describeEnd(): string {
    const { exitCode, signalCode } = this.child;
    if (this.isRunning()) return 'did not serve in time';
    return signalCode === null ? `ended with code ${exitCode}` : `was ended by ${signalCode}`;
  }
}
