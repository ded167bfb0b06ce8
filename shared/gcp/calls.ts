import { setImmediate as nextTurn } from 'node:timers/promises';
import { ZodError } from 'zod';
import { EventmendError, InvariantError, RetryableError } from '../errors.ts';
import { systemClock } from './clock.ts';

/**
 * Makes calls to Google Cloud. It bounds each in time, and turns whatever it throws into a RetryableError,
 * but for our own errors. What is stored and cannot be read is a bug: it does not pass by itself.
 *
 * The libraries' own limits are no help: Firestore's retries a write for ten minutes (google-gax's `total_timeout_millis`), when the
 * delivery that it serves has long been made again. A call that was given up may still take effect. That does no harm: writes are
 * conditional, and a redelivered message finds its own root.
 */
export class Calls {
  private readonly timeoutMs: number;
  private readonly deadlineMs: number;
  private readonly pending: Set<Promise<unknown>>;

  /** @param timeoutMs How long one call may take. */
  constructor(timeoutMs: number, deadlineMs = Number.POSITIVE_INFINITY, pending = new Set<Promise<unknown>>()) {
    this.timeoutMs = timeoutMs;
    this.deadlineMs = deadlineMs;
    this.pending = pending;
  }

  /** Makes calls that also end by a deadline, in milliseconds since 1970. {@link idle} waits for them too. */
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
      if (error instanceof ZodError) throw new InvariantError(`${what}: what is stored is malformed`, { cause: error });
      throw new RetryableError(`${what} failed`, { cause: error });
    } finally {
      this.pending.delete(bounded);
    }
  }

  /** Resolves once no call is in flight, nor one that follows from it. */
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
      // Timers run before sockets are read. After a pause of the process the answer may be there, and is read first.
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
