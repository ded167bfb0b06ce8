import { functionBuilders, type FunctionBuilders } from '../../functions/builders.ts';
import { breaches, type Breach } from './laws.ts';
import type { RunResult } from './laws/observations.ts';
import { streamNames } from './setting.ts';
import { loadIdsInBlocks } from './ids-in-blocks.ts';
import { World } from './world.ts';

/** The outcome of a run. */
export interface RunOutcome {
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
): Promise<RunOutcome> {
  const world = new World(seed, builders, onLine);
  await world.run();
  const { journal, coverage } = world;
  const result = await resultOf(world);
  return { seed, breaches: breaches(result), counts: journal.counts, coverage: coverage.counts };
}

async function resultOf(world: World): Promise<RunResult> {
  const { journal, catalog } = world;
  const { letters, events, blocks } = world.stores;
  const records = await letters.all();
  const bodies = records.map(async ({ root, kept }) => [root, await letters.kept(root, kept[0] ?? 0)] as const);
  const oversized = new Map(await Promise.all(bodies));
  return {
    journal,
    settings: (stream) => catalog.stream(stream),
    pending: world.pending(),
    handlersUnderWay: world.handlersUnderWay(),
    filed: new Map(records.map((record) => [record.root, record])),
    oversized: (root) => oversized.get(root),
    sink: (key) => events.find(key),
    ...(await loadIdsInBlocks(blocks, streamNames)),
  };
}
