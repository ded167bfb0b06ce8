import { write, type Io } from '../../cli/command.ts';
import type { FunctionBuilders } from '../../functions/builders.ts';
import { thousands } from '../../cli/screen/table.ts';
import { turn } from '../../shared/embedded/steps.ts';
import { runSeed } from './run.ts';

/** The first seed under which a planted bug broke a law. */
export interface BugFinding {
  readonly seed: number;
  readonly law: string;
  /** The number of runs until then. */
  readonly runs: number;
}

/** Runs the pipeline with a planted bug until a law is broken. @returns Undefined if every run kept every law. */
export async function findBug(
  builders: FunctionBuilders,
  seeds: Iterable<number>,
  beforeRun: () => Promise<void> = () => Promise.resolve(),
): Promise<BugFinding | undefined> {
  let runs = 0;
  for (const seed of seeds) {
    await beforeRun();
    runs++;
    const [breach] = (await runSeed(seed, { builders })).breaches;
    if (breach) return { seed, law: breach.law, runs };
  }
  return undefined;
}

/** Searches for each planted bug and prints a line for it. @returns The exit code: 1 if a bug was not found. */
export async function reportPlanted(
  bugs: Readonly<Record<string, FunctionBuilders>>,
  seeds: readonly number[],
  io: Io,
): Promise<number> {
  // A run never yields to the event loop, so that signals are only received between two runs.
  const beforeRun = async (): Promise<void> => {
    await turn();
    io.signal.throwIfAborted();
  };
  let missed = 0;
  for (const [name, builders] of Object.entries(bugs)) {
    const finding = await findBug(builders, seeds, beforeRun);
    if (!finding) missed++;
    await write(
      io.stdout,
      `${finding ? `seed ${finding.seed}`.padEnd(9) : 'not found'}  ${name}: ${finding?.law ?? 'no law was broken'}\n`,
    );
  }
  await write(
    io.stdout,
    `${Object.keys(bugs).length} planted bugs, ${missed} not found with ${thousands(seeds.length)} seeds\n`,
  );
  return missed === 0 ? 0 : 1;
}
