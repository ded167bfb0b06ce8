import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort, isServed } from '../../cli/local/port.ts';
import { packageRoot } from '../../cli/local/built.ts';
import type { Env } from '../../shared/env.ts';

/** How long a function may take to serve, and to end, in milliseconds. */
const maxStartMs = 60_000;
const maxEndMs = 12_000;

/** A function or a baseline in a process of its own, served by the framework as it is in the cloud. */
export class ServedProcess {
  readonly port: number;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
  }

  /**
   * Starts a function, without waiting until it serves.
   *
   * @param source The folder of its bundle.
   * @param target The name under which it registers.
   */
  static async spawn(source: string, target: string, env: Env): Promise<ServedProcess> {
    const framework = dirname(createRequire(join(source, 'x')).resolve('@google-cloud/functions-framework'));
    const preload = new URL('report-cpu.js', import.meta.url).href;
    const port = await freePort();
    const child = spawn(process.execPath, ['--import', preload, join(framework, 'main.js'), `--source=${source}`], {
      stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
      env: {
        ...env,
        METADATA_SERVER_DETECTION: 'none',
        FUNCTION_TARGET: target,
        FUNCTION_SIGNATURE_TYPE: 'http',
        PORT: String(port),
      },
    });
    return new ServedProcess(child, port);
  }

  /** Starts a worker. @param source The folder of its bundle. */
  static startWorker(source: string, env: Env): ServedProcess {
    const preload = new URL('report-cpu.js', import.meta.url).href;
    const child = spawn(process.execPath, ['--import', preload, join(source, 'index.js')], {
      stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
      env,
    });
    return new ServedProcess(child, 0);
  }

  /** Starts a function, and resolves when it accepts connections. @throws Error if it ends, or does not serve in time. */
  static async start(source: string, target: string, env: Env): Promise<ServedProcess> {
    const started = await ServedProcess.spawn(source, target, env);
    const giveUpAtMs = performance.now() + maxStartMs;
    while (started.isRunning && performance.now() < giveUpAtMs) {
      if (await isServed(started.port)) return started;
      await setTimeout(50);
    }
    await started.stop();
    throw new Error(`${target} in ${source} does not serve: its output says why`);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Returns the CPU time that the process has used, in milliseconds. */
  async cpuMs(): Promise<number> {
    const { child } = this;
    const reported = new Promise<number>((resolve) => {
      const take = (message: unknown): void => {
        // A function also says that it serves.
        if (typeof message !== 'number') return;
        child.off('message', take);
        resolve(message);
      };
      child.on('message', take);
    });
    child.send('cpu');
    return (await reported) / 1_000;
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const tooLate = setTimeout(maxEndMs, 'too late', { ref: false });
    if ((await Promise.race([ended, tooLate])) === 'too late') this.child.kill('SIGKILL');
    await ended;
  }
}

/** Returns the folder of a bundle in dist/. */
export function bundleFolder(...path: readonly string[]): string {
  return join(packageRoot(), 'dist', ...path);
}
