import { makeCommand, UsageError, write, type Arguments, type Io } from '../../cli/command.ts';
import { seedBounds, type OptionDeclarations } from '../../cli/options.ts';
import { plantedBugs } from './planted-bugs.ts';
import { reportPlanted } from './planted-search.ts';
import { runSeed } from './run.ts';
import { linesOf, runSeeds, runShare } from './seeds.ts';
import { RunTotals } from './run-totals.ts';

const options = {
  seeds: {
    kind: 'integer',
    value: 'N',
    min: 1,
    max: seedBounds.max,
    help: 'how many runs, each under a seed of its own, on all cores; 100 without',
  },
  from: { ...seedBounds, value: 'S', help: 'the first seed; 1 without' },
  seed: { ...seedBounds, value: 'S', help: 'one run under this seed' },
  trace: { kind: 'flag', help: 'print every event of one run, a line each: seconds, who, what' },
  planted: {
    kind: 'flag',
    help: 'plant each bug that the laws must find, and print the first seed that finds it; 200 seeds without --seeds',
  },
  coverage: {
    kind: 'flag',
    help: 'print every fault, verdict, dead letter and situation that runs can meet, and how often they did',
  },
} as const satisfies OptionDeclarations;

export const simulate = makeCommand({
  name: 'simulate',
  calledAs: 'npm run simulate --',
  summary: 'run the whole pipeline under seeded crashes, faults and disorder, and check that its books balance',
  positionals: [],
  options,
  notes: [
    'Exit code 1 if any law was broken, or if not all were run; a line for each seed that broke a law.',
    'With --planted, exit code 1 if a bug was not found.',
  ],
  run: runSimulate,
});

async function runSimulate({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  if (await runShare(io.signal)) return 0;
  const { seed, from, seeds: count, trace, coverage, planted } = values;
  if (seed !== undefined && (from ?? count) !== undefined)
    throw new UsageError('--seed is one run: --seeds and --from are for many');
  if (planted && (seed !== undefined || trace || coverage))
    throw new UsageError('--planted tries many seeds, without --seed, --trace and --coverage');
  if (planted) return reportPlanted(plantedBugs, checkedSeeds(from ?? 1, count ?? 200), io);
  if (trace && seed === undefined) throw new UsageError('--trace is for one run: --seed S --trace');
  const totals = seed === undefined ? await runMany(from ?? 1, count ?? 100, io) : await runOne(seed, trace, io);
  if (coverage) await write(io.stdout, totals.drawCoverage());
  await write(io.stdout, totals.draw());
  return totals.failed === 0 ? 0 : 1;
}

async function runMany(from: number, count: number, io: Io): Promise<RunTotals> {
  checkRange(from, count);
  return runSeeds(from, count, io);
}

function checkedSeeds(from: number, count: number): readonly number[] {
  checkRange(from, count);
  return Array.from({ length: count }, (_, i) => from + i);
}

function checkRange(from: number, count: number): void {
  if (from + count - 1 > seedBounds.max)
    throw new UsageError(`${count} seeds from ${from} on go beyond ${seedBounds.max}, the last`);
}

async function runOne(seed: number, isTraced: boolean, io: Io): Promise<RunTotals> {
  const onLine = (line: string): void => {
    io.stdout.write(`${line}\n`);
  };
  const outcome = await runSeed(seed, isTraced ? { onLine } : {});
  for (const line of linesOf(outcome)) await write(io.stdout, line);
  const totals = new RunTotals();
  totals.add(outcome);
  return totals;
}
