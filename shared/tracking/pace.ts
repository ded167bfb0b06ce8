import type { Random } from '../ports.ts';

/** The maximum number of blocks of a stream in flight. With fewer blocks in flight, each commit carries more claims. */
const maxInFlight = 8;
/** The maximum backoff after a conflict, in milliseconds. */
const maxBackoffMs = 200;
/** The weight of a new sample in the smoothed round trip. */
const smoothing = 0.125;
/**
 * The maximum round trip of a sample, in milliseconds. A longer one includes an outage, or a pause in which Cloud Run
 * takes the CPU from an instance without requests, and is ignored.
 */
const maxSampleMs = 1_000;

/**
 * Paces the commits of one stream, because instances compete for its blocks. The number of blocks in flight grows by
 * one for each round trip. A conflict halves it, at most once for each round trip. After a conflict a block backs off
 * for a random time of up to four round trips. This bound does not grow with further conflicts, because the groups
 * would grow in the meantime, and meet the next conflict.
 */
export class Pace {
  private readonly random: Random;
  private limit = maxInFlight;
  private roundTripMs = 0;
  private lastHalvedAtMs = Number.NEGATIVE_INFINITY;

  constructor(random: Random) {
    this.random = random;
  }

  /** The number of blocks that may be in flight. */
  get inFlightLimit(): number {
    return Math.floor(this.limit);
  }

  /** Adds a sample of the round trip. */
  sample(tookMs: number): void {
    if (tookMs > maxSampleMs) return;
    this.roundTripMs += (tookMs - this.roundTripMs) * (this.roundTripMs === 0 ? 1 : smoothing);
  }

  succeeded(): void {
    this.limit = Math.min(maxInFlight, this.limit + 1 / this.limit);
  }

  conflicted(nowMs: number): void {
    if (nowMs - this.lastHalvedAtMs < this.roundTripMs) return;
    this.lastHalvedAtMs = nowMs;
    this.limit = Math.max(1, this.limit / 2);
  }

  /** Draws how long a block waits after a conflict, in milliseconds. */
  backoffMs(): number {
    return Math.min(maxBackoffMs, this.random() * 4 * this.roundTripMs);
  }
}
