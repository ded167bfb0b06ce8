import type { Random } from '../ports.ts';

/** The most blocks of one stream in flight at once. Fewer blocks in flight gather more claims a commit. */
const mostInFlight = 8;
/** The longest a block that met a conflict gathers before its next try, in milliseconds. */
const longestWaitMs = 200;
/** How much of the smoothed round trip a new sample makes. */
const smoothing = 0.125;

/**
 * Paces the commits of one stream among instances that compete for its blocks: additive increase of the blocks in flight,
 * halved on a conflict, at most once a round trip; and a random wait that doubles with each conflict of a block.
 */
export class Pace {
  private readonly random: Random;
  private limit = mostInFlight;
  private roundTripMs = 0;
  private lastHalvedAtMs = Number.NEGATIVE_INFINITY;

  constructor(random: Random) {
    this.random = random;
  }

  /** How many blocks may be in flight. */
  get inFlight(): number {
    return Math.floor(this.limit);
  }

  /** Nothing worth remembering. */
  get isAtRest(): boolean {
    return this.limit === mostInFlight;
  }

  answered(tookMs: number): void {
    this.roundTripMs += (tookMs - this.roundTripMs) * (this.roundTripMs === 0 ? 1 : smoothing);
  }

  succeeded(): void {
    this.limit = Math.min(mostInFlight, this.limit + 1 / this.limit);
  }

  conflicted(nowMs: number): void {
    if (nowMs - this.lastHalvedAtMs < this.roundTripMs) return;
    this.lastHalvedAtMs = nowMs;
    this.limit = Math.max(1, this.limit / 2);
  }

  /** How long a block waits before its next try, in milliseconds. */
  waitMs(conflicts: number): number {
    return Math.min(longestWaitMs, this.random() * 2 * this.roundTripMs * 2 ** conflicts);
  }
}
