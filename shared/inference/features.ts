// Looked up once: these run millions of times for a model, and a global is not everywhere as near as here.
const { floor, imul, log2, min } = Math;

/**
 * What is observed at a place, each observation as a number below a power of two: a hash, so that a table of weights is no larger for a
 * stream of a thousand types than for one of ten. Two that meet by chance share a weight.
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

  /** Adds an observation: of a kind, and up to four small numbers. */
  add(kind: number, a = 0, b = 0, c = 0, d = 0): void {
    this.at[this.length++] = mixed(kind, a, b, c, d) & this.mask;
  }
}

/** Five numbers as one of 32 bits, every bit of which depends on all of them. */
function mixed(kind: number, a: number, b: number, c: number, d: number): number {
  let hash = imul(kind + 1, 0x9e3779b1) ^ imul(a + 2, 0x85ebca77) ^ imul(b + 3, 0xc2b2ae3d);
  hash ^= imul(c + 5, 0x27d4eb2f) ^ imul(d + 7, 0x165667b1);
  hash = imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = imul(hash ^ (hash >>> 12), 0x297a2d39);
  return hash ^ (hash >>> 15);
}

/** A duration in milliseconds as one of 24 steps, each 2.6 times the one before: seconds differ more than days do. */
export function durationStep(ms: number): number {
  return ms <= 0 ? 0 : min(23, floor(log2(1 + ms) / 1.4));
}

/** A number of events as one of 13 steps, each twice the one before. */
export function countStep(count: number): number {
  return min(12, floor(log2(1 + count)));
}
