import type { Observations } from './observations.ts';

/** What must hold of every run. @returns A line for each time that it does not. */
export type Law = (observations: Observations) => Iterable<string>;
