import { RetryableError } from '../errors.ts';
import type { Clock } from '../ports.ts';

interface Waiting {
  readonly enter: () => void;
  isGone: boolean;
}

/** Limits how many requests are in flight at the same time. */
export class Slots {
  private readonly clock: Clock;
  private free: number;
  private readonly waiting: Waiting[] = [];

  constructor(count: number, clock: Clock) {
    this.free = count;
    this.clock = clock;
  }

  /** Takes a slot. @returns A function that frees it. @throws RetryableError if none is free by `byMs`. */
  async take(byMs: number): Promise<() => void> {
    if (this.free > 0) this.free--;
    else await this.waitForOne(byMs);
    return () => {
      this.release();
    };
  }

  private waitForOne(byMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = this.clock.schedule(byMs - this.clock.now(), () => {
        one.isGone = true;
        reject(new RetryableError('too many requests to the system of record are in flight'));
      });
      const enter = (): void => {
        callOff();
        resolve();
      };
      const one: Waiting = { enter, isGone: false };
      this.waiting.push(one);
    });
  }

  /** Hands the slot to the first that still waits. */
  private release(): void {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (next.isGone) continue;
      next.enter();
      return;
    }
    this.free++;
  }
}
