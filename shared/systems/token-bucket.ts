import { RetryableError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { waitUntil } from './wait-until.ts';

export interface TokenBucketOptions {
  /** The number of requests in `perMs`. It may be a fraction. */
  readonly count: number;
  readonly perMs: number;
}

/**
 * Spreads requests over time: at most `count` in `perMs` on average, and as many at once. A token is promised in the
 * order of the calls, so a caller learns at once that none comes in time.
 */
export class TokenBucket {
  private readonly clock: Clock;
  private readonly intervalMs: number;
  private readonly toleranceMs: number;
  /** When the next token comes if none was saved up. */
  private nextMs = Number.NEGATIVE_INFINITY;
  private pausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor({ count, perMs }: TokenBucketOptions, clock: Clock) {
    this.clock = clock;
    this.intervalMs = perMs / count;
    this.toleranceMs = this.intervalMs * (Math.max(1, Math.floor(count)) - 1);
  }

  /** Takes a token. @throws RetryableError if there is none by `byMs`. It is thrown at once. */
  async take(byMs: number): Promise<void> {
    const nowMs = this.clock.now();
    const nextMs = Math.max(this.nextMs, nowMs, this.pausedUntilMs);
    const readyMs = Math.max(nextMs - this.toleranceMs, nowMs, this.pausedUntilMs);
    if (readyMs > byMs) throw new RetryableError('no request is left in the budget of the system of record');
    this.nextMs = nextMs + this.intervalMs;
    await waitUntil(readyMs, this.clock);
    // The bucket may have been paused meanwhile.
    if (this.pausedUntilMs <= this.clock.now()) return;
    if (this.pausedUntilMs > byMs) throw new RetryableError('the system of record wants to be left alone');
    await waitUntil(this.pausedUntilMs, this.clock);
  }

  /** Gives no token before a time, in milliseconds since 1970. */
  pauseUntil(untilMs: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, untilMs);
  }
}
