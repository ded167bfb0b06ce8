import type { Random } from '../ports.ts';

/** Blocks of one stream in flight at once, at most. The fewer blocks are in flight, the more claims each commit carries. */
const maxInFlight = 8;
/** Backoff after a conflict, at most, in milliseconds. */
const maxBackoffMs = 200;
/** Share of a new sample in the smoothed round trip. */
const smoothing = 0.125;
/**
 * Round trips above this are ignored, in milliseconds. Such a sample spans a pause (Cloud Run takes the CPU from an instance without
 * requests) or an outage, and says nothing of the time that a commit takes.
 */
const maxSampleMs = 1_000;

/**
 * Paces the commits of one stream among the instances that compete for its blocks. The number of blocks in flight grows by one a round
 * trip, and is halved on a conflict, at most once a round trip. A block that met a conflict backs off for a random time of up to four
 * round trips. The bound does not grow with further conflicts: the commits in between would only grow, and meet the next one.
 */
export class Pace {
  private readonly random: Random;
  private limit = maxInFlight;
  private roundTripMs = 0;
  private lastHalvedAtMs = Number.NEGATIVE_INFINITY;

  constructor(random: Random) {
    this.random = random;
  }

  /** How many blocks may be in flight. */
  get inFlightLimit(): number {
    return Math.floor(this.limit);
  }

  /** Takes a sample of the round trip. */
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
