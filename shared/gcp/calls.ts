import { setImmediate as nextTurn } from 'node:timers/promises';
import { ZodError } from 'zod';
import { EventmendError, InvariantError, RetryableError } from '../errors.ts';
import { systemClock } from './clock.ts';

/**
 * Makes calls to Google Cloud. It bounds the time of each call, and turns errors into RetryableErrors, except
 * Eventmend's own. Malformed stored data is a bug, because the error does not pass by itself.
 *
 * The limits of the libraries are too long: Firestore's client retries a write for ten minutes (google-gax's
 * `total_timeout_millis`), when the delivery was already made again. A call that timed out may still take effect. That
 * does no harm, because writes are conditional and a redelivered message finds its own root.
 */
export class Calls {
  private readonly timeoutMs: number;
  private readonly deadlineMs: number;
  private readonly pending: Set<Promise<unknown>>;

  /** @param timeoutMs The maximum time of one call. */
  constructor(timeoutMs: number, deadlineMs = Number.POSITIVE_INFINITY, pending = new Set<Promise<unknown>>()) {
    this.timeoutMs = timeoutMs;
    this.deadlineMs = deadlineMs;
    this.pending = pending;
  }

  /** Returns calls that also end by a deadline, in milliseconds since 1970. {@link idle} waits for them too. */
  until(deadlineMs: number): Calls {
    return new Calls(this.timeoutMs, deadlineMs, this.pending);
  }

  /** @param what Names the call in errors: `reading blocks`. */
  async run<T>(what: string, call: () => Promise<T>): Promise<T> {
    const leftMs = this.deadlineMs - systemClock.now();
    if (leftMs <= 0) throw new RetryableError(`${what}: the deadline of the delivery has passed`);
    const bounded = within(Math.min(this.timeoutMs, leftMs), what, call);
    this.pending.add(bounded);
    try {
      return await bounded;
    } catch (error) {
      if (error instanceof EventmendError) throw error;
      if (error instanceof ZodError)
        throw new InvariantError(`${what}: the stored data is malformed`, { cause: error });
      throw new RetryableError(`${what} failed`, { cause: error });
    } finally {
      this.pending.delete(bounded);
    }
  }

  /** Resolves when no call is in flight, and no further call follows from one. */
  async idle(): Promise<void> {
    for (;;) {
      await nextTurn();
      if (this.pending.size === 0) return;
      await Promise.allSettled(this.pending);
    }
  }
}

async function within<T>(timeoutMs: number, what: string, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Timers run before sockets are read. After a pause of the process the answer may have arrived. Then it is read
      // first.
      setImmediate(() => {
        reject(new RetryableError(`${what}: no answer within ${timeoutMs} ms`));
      });
    }, timeoutMs);
  });
  try {
    return await Promise.race([call(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
