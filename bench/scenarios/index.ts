import type { Scenario } from '../scenario.ts';
import { lowRate, manyStreams } from './low-rate.ts';
import { reading } from './reading.ts';
import { sparse } from './sparse.ts';
import { state } from './state.ts';
import { unnumbered } from './unnumbered.ts';
import { writers } from './writers.ts';

/** In the order in which they are printed. */
export const scenarios: readonly Scenario[] = [writers, lowRate, manyStreams, sparse, unnumbered, state, reading];
