import type { Piecewise } from '../../shared/turns.ts';

/** Runs a computation to its end at once. */
export function runAtOnce<T>(computation: Piecewise<T>): T {
  for (;;) {
    const { done, value } = computation.next();
    if (done) return value;
  }
}
