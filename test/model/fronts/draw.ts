import { makeRandom } from '../../../shared/embedded/random.ts';
import type { Random } from '../../../shared/ports.ts';

/** Draws the parameters of one stream. The same seed gives the same stream. */
export class Draw {
  readonly random: Random;
  /** Whether to draw long and slow streams too. They take seconds each. */
  readonly isLong: boolean;
  readonly maxGap: number;
  /** The number of events of a producer. */
  readonly count: number;
  /** Seconds between two events. */
  readonly every: number;
  /** The first id. */
  readonly base: number;
  /** A distance above the last id at which a wrong id lies. */
  readonly far: number;

  constructor(seed: number, isLong: boolean) {
    this.random = makeRandom(seed);
    this.isLong = isLong;
    this.maxGap = this.oneOf([5, 50, 1_000]);
    this.count = this.oneOf(isLong ? [120, 400] : [120]);
    this.every = this.oneOf(isLong ? [0.3, 3, 60, 4_320] : [0.3, 3, 60]);
    this.far = this.oneOf([this.maxGap + 2, 5_000, 499_000, 900_000]);
    this.base = this.oneOf([1, 1_001, 10_000_000]);
  }

  oneOf<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)]!;
  }

  /** Draws an integer from `from` (included) to `to` (excluded). */
  integer(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from));
  }

  /** Returns values in random order (Fisher–Yates). */
  shuffled<T>(values: readonly T[]): T[] {
    const all = [...values];
    for (let i = all.length - 1; i > 0; i--) {
      const k = this.integer(0, i + 1);
      [all[i], all[k]] = [all[k]!, all[i]!];
    }
    return all;
  }
}

/** Lists ids from `from` (included) to `to` (excluded), one for each step. */
export function idSpan(from: number, to: number, step = 1): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
}
