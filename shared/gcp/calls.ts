import { setImmediate } from 'node:timers/promises';
import { RetryableError } from '../errors.ts';

/**
 * Makes calls to Google Cloud: bounds each in time, and makes of whatever it throws a RetryableError.
 *
 * The libraries' own limits are no help: Firestore's retries a write for ten minutes (google-gax's `total_timeout_millis`),
 * when the delivery that it serves has long been made again. What goes on behind a call that was given up does no harm: writes
 * are conditional, and a redelivered message finds its own root.
 */
export class Calls {
  private readonly timeoutMs: number;
  private readonly pending = new Set<Promise<unknown>>();

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  /** @param what What the call does, for the error: `reading blocks`. */
  async run<T>(what: string, call: () => Promise<T>): Promise<T> {
    const bounded = within(this.timeoutMs, what, call);
    this.pending.add(bounded);
    try {
      return await bounded;
    } catch (error) {
      throw error instanceof RetryableError ? error : new RetryableError(`${what} failed`, { cause: error });
    } finally {
      this.pending.delete(bounded);
    }
  }

  /** Runs through a stream of results, with the same bounds for each of them. */
  async *iterate<T>(what: string, results: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = results[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.run(what, () => iterator.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  /** Resolves once no call is in flight, nor one that follows from it. */
  async idle(): Promise<void> {
    for (;;) {
      await setImmediate();
      if (this.pending.size === 0) return;
      await Promise.allSettled(this.pending);
    }
  }
}

async function within<T>(timeoutMs: number, what: string, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new RetryableError(`${what}: no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([call(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
