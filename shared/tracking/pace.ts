import type { Random } from '../ports.ts';

/** The number of blocks of a stream in flight at first. */
const firstInFlight = 8;
/**
 * The maximum number of blocks of a stream in flight. In a stream whose ids are far apart each event has a block of its
 * own: a thousand events a second need some 100 blocks in flight.
 */
const maxInFlight = 256;
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
 * Paces the commits of one stream, because instances compete for its blocks. The number of blocks in flight doubles with
 * each round trip until a conflict halves it, at most once for each round trip. Then it grows by one for each round trip.
 * After a conflict a block backs off for a random time of up to four round trips. This bound does not grow with further
 * conflicts, because the groups would grow in the meantime, and meet the next conflict.
 */
export class Pace {
  private readonly random: Random;
  private limit = firstInFlight;
  private hasMetConflict = false;
  private roundTripMs = 0;
  private lastHalvedAtMs = Number.NEGATIVE_INFINITY;
  /** The smoothed share of known blocks that another instance had written before their marks were written alone. */
  private staleShare = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** The number of blocks that may be in flight. */
  get inFlightLimit(): number {
    return Math.floor(this.limit);
  }

  /** Whether another instance was ever seen to write a block of the stream. */
  get hasConflicted(): boolean {
    return this.hasMetConflict;
  }

  /** Adds a sample of the round trip. */
  sample(tookMs: number): void {
    if (tookMs > maxSampleMs) return;
    this.roundTripMs += (tookMs - this.roundTripMs) * (this.roundTripMs === 0 ? 1 : smoothing);
  }

  /** Adds a sample: whether another instance had written a known block before its marks were written alone. */
  sampleKnown(isStale: boolean): void {
    this.staleShare += (Number(isStale) - this.staleShare) * smoothing;
  }

  /**
   * Whether known blocks are read again before marks are written alone. A conflict costs a write, a read and another write,
   * so a read before pays if more than half of the blocks are stale. Claims are written without it: their blocks were read or
   * written lately.
   */
  get readsAgain(): boolean {
    return this.staleShare > 0.5;
  }

  succeeded(): void {
    this.limit = Math.min(maxInFlight, this.limit + (this.hasMetConflict ? 1 / this.limit : 1));
  }

  conflicted(nowMs: number): void {
    if (nowMs - this.lastHalvedAtMs < this.roundTripMs) return;
    this.lastHalvedAtMs = nowMs;
    this.hasMetConflict = true;
    this.limit = Math.max(1, this.limit / 2);
  }

  /** Draws how long a block waits after a conflict, in milliseconds. */
  backoffMs(): number {
    return Math.min(maxBackoffMs, this.random() * 4 * this.roundTripMs);
  }
}
