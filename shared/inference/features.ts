// Bound once, because they run millions of times for a model, and a lookup of a global can be slow.
const { floor, imul, log2, min } = Math;

/**
 * The observations at a position. Each is hashed to a number below a power of two, so that the table of weights has the
 * same size for ten types and for a thousand. Two observations with the same hash share a weight.
 */
export class Features {
  readonly at: Int32Array;
  length = 0;
  private readonly mask: number;

  /** @param size A power of two. */
  constructor(size: number, capacity: number) {
    this.mask = size - 1;
    this.at = new Int32Array(capacity);
  }

  /** Adds an observation, which has a kind and up to four small numbers. */
  add(kind: number, a = 0, b = 0, c = 0, d = 0): void {
    this.at[this.length++] = mixed(kind, a, b, c, d) & this.mask;
  }
}

/** Hashes five numbers to 32 bits. */
function mixed(kind: number, a: number, b: number, c: number, d: number): number {
  let hash = imul(kind + 1, 0x9e3779b1) ^ imul(a + 2, 0x85ebca77) ^ imul(b + 3, 0xc2b2ae3d);
  hash ^= imul(c + 5, 0x27d4eb2f) ^ imul(d + 7, 0x165667b1);
  hash = imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = imul(hash ^ (hash >>> 12), 0x297a2d39);
  return hash ^ (hash >>> 15);
}

/** Buckets a duration in milliseconds logarithmically: 24 steps, each 2.6 times the one before. */
export function durationStep(ms: number): number {
  return ms <= 0 ? 0 : min(23, floor(log2(1 + ms) / 1.4));
}

/** Buckets a number of events logarithmically: 13 steps, each twice the one before. */
export function countStep(count: number): number {
  return min(12, floor(log2(1 + count)));
}
