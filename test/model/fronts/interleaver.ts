import { turn, type Step } from '../../../shared/embedded/steps.ts';

/** Work that stops at each call of a store, until it is resumed. */
export interface Process {
  readonly label: string;
  isDone: boolean;
  error: unknown;
  /** The calls that wait. */
  waiting: (() => void)[];
}

/**
 * Runs several processes on the same stores, one at a time. Each call of a store is a point at which another process
 * may go on. A process that is not resumed any more has crashed: none of its calls takes effect.
 */
export class Interleaver {
  private running: Process | undefined;

  /** The step of the stores. A call that no process makes takes effect at once. */
  readonly step: Step = () => {
    const { running } = this;
    if (!running) return Promise.resolve();
    return new Promise((resolve) => running.waiting.push(resolve));
  };

  /** Starts work, which runs until its first call of a store. */
  async start(label: string, work: () => Promise<void>): Promise<Process> {
    const process: Process = { label, isDone: false, error: undefined, waiting: [] };
    await this.runAs(process, () => {
      work().then(
        () => (process.isDone = true),
        (error: unknown) => {
          process.isDone = true;
          process.error = error;
        },
      );
    });
    return process;
  }

  /** Lets the waiting calls of a process take effect, and runs it until it calls a store again. */
  resume(process: Process): Promise<void> {
    const { waiting } = process;
    process.waiting = [];
    return this.runAs(process, () => {
      for (const proceed of waiting) proceed();
    });
  }

  private async runAs(process: Process, run: () => void): Promise<void> {
    this.running = process;
    run();
    // All promises that do not wait for a store settle before the next turn of the event loop.
    await turn();
    this.running = undefined;
  }
}
