import type { Observations } from './observations.ts';

/** A property that every run must have. @returns A line for each violation. */
export type Law = (observations: Observations) => Iterable<string>;
