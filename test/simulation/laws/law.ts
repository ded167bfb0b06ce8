import type { Observations } from './observations.ts';

/** A property of every run. @returns A line for each violation. */
export type Law = (observations: Observations) => Iterable<string>;
