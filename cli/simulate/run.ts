import { functionBuilders, type FunctionBuilders } from '../embedded-functions.ts';
import { breaches, type Breach } from './laws.ts';
import { World } from './world.ts';

/** The outcome of a run. */
export interface Outcome {
  readonly seed: number;
  readonly breaches: readonly Breach[];
  readonly counts: ReadonlyMap<string, number>;
  /** The faults, verdicts and situations that the run met, and how often. */
  readonly coverage: ReadonlyMap<string, number>;
}

export interface RunOptions {
  /** The functions: the pipeline's own, unless a test replaces some. */
  readonly builders?: FunctionBuilders;
  /** Called with each line of the trace. */
  readonly onLine?: (line: string) => void;
}

/** Runs the whole pipeline under one seed and checks the laws. */
export async function runSeed(
  seed: number,
  { builders = functionBuilders, onLine }: RunOptions = {},
): Promise<Outcome> {
  const world = new World(seed, builders, onLine);
  await world.run();
  const letters = await world.letters.all();
  const filed = new Map(letters.map((letter) => [letter.root, letter]));
  const { journal, coverage, catalog, events } = world;
  const settings = (stream: string) => catalog.stream(stream);
  const result = {
    journal,
    settings,
    pending: world.pending(),
    handlersUnderWay: world.handlersUnderWay(),
    filed,
    kept: (key: string) => events.find(key),
  };
  return { seed, breaches: breaches(result), counts: journal.counts, coverage: coverage.counts };
}
