import { UsageError, text, write, type Arguments, type Command, type Io } from './command.ts';
import { runSeed } from './simulate/run.ts';
import { linesOf, runSeeds, runShare } from './simulate/seeds.ts';
import { Totals } from './simulate/totals.ts';

/** Beyond it seeds begin anew: 2^32 is 0 again. */
const highestSeed = 2 ** 32 - 1;

export const simulate: Command = {
  summary: 'run the whole pipeline under seeded crashes, faults and disorder, and check that its books balance',
  usage: [
    'eventmend simulate [--seeds N] [--from S]',
    'eventmend simulate --seed S [--trace]',
    '',
    '  --seeds N   how many runs (100), each under a seed of its own, on all cores',
    '  --from S    the first seed (1)',
    '  --seed S    one run',
    '  --trace     print all that happens in it, a line each: seconds, who, what',
    '',
    '  Exit code 1 if any law was broken, or if not all were run; a line for each seed that broke a law.',
  ],
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    trace: { type: 'boolean' },
  },
  run: runSimulate,
};

async function runSimulate(args: Arguments, io: Io): Promise<number> {
  if (await runShare(io.signal)) return 0;
  if (args.positionals.length > 0) throw new UsageError(`simulate takes no arguments\n\n${simulate.usage.join('\n')}`);
  const seed = wholeFrom(args, 'seed', 0);
  const [from, count] = [wholeFrom(args, 'from', 0), wholeFrom(args, 'seeds', 1)];
  if (seed !== undefined && (from ?? count) !== undefined)
    throw new UsageError('--seed is one run: --seeds and --from are for many');
  if (args.values.trace === true && seed === undefined)
    throw new UsageError('--trace is for one run: --seed S --trace');
  const totals =
    seed === undefined
      ? await runMany(from ?? 1, count ?? 100, io)
      : await runOne(seed, args.values.trace === true, io);
  await write(io.stdout, totals.draw());
  return totals.failed === 0 ? 0 : 1;
}

async function runMany(from: number, count: number, io: Io): Promise<Totals> {
  if (from + count - 1 > highestSeed)
    throw new UsageError(`${count} seeds from ${from} on go beyond ${highestSeed}, the last`);
  return runSeeds(from, count, io);
}

async function runOne(seed: number, isTraced: boolean, io: Io): Promise<Totals> {
  const onLine = (line: string): void => {
    io.stdout.write(`${line}\n`);
  };
  const outcome = await runSeed(seed, isTraced ? { onLine } : {});
  for (const line of linesOf(outcome)) await write(io.stdout, line);
  const totals = new Totals();
  totals.add(outcome);
  return totals;
}

/** The value of an option that is a seed, or a number of them. */
function wholeFrom(args: Arguments, name: string, least: number): number | undefined {
  const value = text(args, name);
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= highestSeed) return number;
  throw new UsageError(`--${name} is a whole number from ${least} to ${highestSeed}`);
}
