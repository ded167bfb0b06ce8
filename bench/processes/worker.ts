import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Env } from '../../shared/env.ts';

/** The answer of a worker to a task. */
type Answer<Report> = { readonly report: Report } | { readonly failure: string };

/** A process that does one task after the other, so that its CPU time is its own. */
export class Worker<Task extends object, Report> {
  private readonly child: ChildProcess;

  /** @param program The name of a program beside the bundle of the bench. */
  constructor(program: string, env: Env) {
    this.child = fork(fileURLToPath(new URL(`${program}.js`, import.meta.url)), { env });
  }

  /** @throws Error if the task fails, or the process ends. */
  async ask(task: Task): Promise<Report> {
    const ending = new AbortController();
    const { signal } = ending;
    const ended = once(this.child, 'exit', { signal }).then(([code]) => {
      throw new Error(`a process of the bench ended with code ${String(code)}`);
    });
    const answered = once(this.child, 'message', { signal }) as Promise<[Answer<Report>]>;
    this.child.send(task);
    try {
      const [answer] = await Promise.race([answered, ended]);
      if ('failure' in answer) throw new Error(answer.failure);
      return answer.report;
    } finally {
      ending.abort();
      await Promise.allSettled([answered, ended]);
    }
  }

  async stop(): Promise<void> {
    if (!this.child.connected) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

/** Does the tasks that this process is asked to do. It ends with the process that asks. */
export function doTasks(run: (task: unknown) => Promise<object>): void {
  process.on('message', (task) => {
    run(task).then(
      (report) => process.send?.({ report }),
      (error: unknown) => process.send?.({ failure: error instanceof Error ? String(error.stack) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** Runs a task. @returns Its duration and the CPU time of this process, in milliseconds. */
export async function timed(
  task: () => Promise<unknown>,
): Promise<{ readonly wallMs: number; readonly cpuMs: number }> {
  const startedAtMs = performance.now();
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startedAtMs, cpuMs: (user + system) / 1_000 };
}
