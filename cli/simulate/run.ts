import { functionBuilders, type FunctionBuilders } from '../embedded-functions.ts';
import { breaches, type Breach } from './laws.ts';
import { World } from './world.ts';

/** What came of a run. */
export interface Outcome {
  readonly seed: number;
  readonly breaches: readonly Breach[];
  readonly counts: ReadonlyMap<string, number>;
}

export interface RunOptions {
  /** The pipeline's own, unless a test puts others in their place. */
  readonly builders?: FunctionBuilders;
  /** Hears of everything that happens, a line each. */
  readonly onLine?: (line: string) => void;
}

/** Runs the whole pipeline under one seed, and checks what came of it. */
export async function runSeed(
  seed: number,
  { builders = functionBuilders, onLine }: RunOptions = {},
): Promise<Outcome> {
  const world = new World(seed, builders, onLine);
  await world.run();
  const letters = await world.letters.all();
  const filed = new Map(letters.map((letter) => [letter.root, letter]));
  const { journal, catalog, events } = world;
  const settings = (stream: string) => catalog.stream(stream);
  const result = { journal, settings, pending: world.pending(), filed, kept: (key: string) => events.find(key) };
  return { seed, breaches: breaches(result), counts: journal.counts };
}
