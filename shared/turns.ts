import type { Clock } from './ports.ts';

/** A long computation. It yields after each piece of work, which takes at most some milliseconds. */
export type Piecewise<T> = Generator<undefined, T, undefined>;

/** How long a computation may keep other work waiting, in milliseconds. A piece of work that has begun is finished. */
const maxTurnMs = 20;

/**
 * Runs long computations one after another, each in short turns. Requests that arrive meanwhile, and answers that an
 * instance waits for, are handled between the turns.
 */
export class Turns {
  private readonly clock: Clock;
  private last: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  async run<T>(computation: Piecewise<T>): Promise<T> {
    const before = this.last;
    const result = before.then(() => this.runNow(computation));
    // An error belongs to the one who asked for the result. The next computation runs all the same.
    this.last = result.catch(() => undefined);
    return result;
  }

  private async runNow<T>(computation: Piecewise<T>): Promise<T> {
    for (;;) {
      const untilMs = this.clock.now() + maxTurnMs;
      do {
        const { done, value } = computation.next();
        if (done) return value;
      } while (this.clock.now() < untilMs);
      await new Promise<void>((resolve) => {
        this.clock.schedule(0, resolve);
      });
    }
  }
}
