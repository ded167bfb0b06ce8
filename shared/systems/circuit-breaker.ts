import { RetryableError } from '../errors.ts';
import type { Clock } from '../ports.ts';

/** The number of failures in a row after which the circuit opens. */
const maxFailures = 5;
/** How long it stays open at first, and at most, in milliseconds. Each failed trial doubles the time. */
const firstOpenMs = 5_000;
const longestOpenMs = 60_000;

/**
 * Stops requests to a system that is down:
 *
 *     closed ──5 failures in a row──► open ──after 5 s──► one trial ──success──► closed
 *                                      ▲                     │
 *                                      └──twice as long──────┘ failure
 */
export class CircuitBreaker {
  private readonly clock: Clock;
  private failures = 0;
  private openUntilMs = Number.NEGATIVE_INFINITY;
  private openMs = firstOpenMs;
  private hasTrial = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** @throws RetryableError if no request may be made now. */
  enter(): void {
    if (this.failures < maxFailures) return;
    if (this.hasTrial || this.clock.now() < this.openUntilMs)
      throw new RetryableError('the system of record has failed several times in a row and is left alone');
    this.hasTrial = true;
  }

  /** Records an answer, whatever it says. */
  succeed(): void {
    this.failures = 0;
    this.openMs = firstOpenMs;
    this.hasTrial = false;
  }

  /** Records a request that got no answer. */
  fail(): void {
    const wasTrial = this.hasTrial;
    this.hasTrial = false;
    this.failures++;
    if (this.failures < maxFailures) return;
    if (wasTrial) this.openMs = Math.min(longestOpenMs, this.openMs * 2);
    this.openUntilMs = this.clock.now() + this.openMs;
  }

  /** Records a request that says nothing about the system, such as one that was never sent. */
  withdraw(): void {
    this.hasTrial = false;
  }
}
