import type { Scenario } from '../scenario.ts';
import { capacity } from './capacity.ts';
import { clean } from './clean.ts';
import { coldStart } from './cold-start.ts';
import { cost } from './cost.ts';
import { instance } from './instance.ts';
import { lowRate, manyStreams } from './low-rate.ts';
import { pipeline } from './pipeline.ts';
import { pull } from './pull.ts';
import { reading } from './reading.ts';
import { reconstruct } from './reconstruct.ts';
import { sparse } from './sparse.ts';
import { state } from './state.ts';
import { sweep } from './sweep.ts';
import { unnumbered } from './unnumbered.ts';
import { writers } from './writers.ts';

/** In the order in which they are printed. */
export const scenarios: readonly Scenario[] = [
  ...[writers, lowRate, manyStreams, sparse, unnumbered, sweep, cost, capacity],
  ...[state, instance, pipeline, pull, coldStart, clean, reconstruct, reading],
];
