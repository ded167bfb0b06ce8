import { UsageError, text, write, type Arguments, type Command, type Io } from './command.ts';
import { runSeed } from './simulate/run.ts';
import { linesOf, runSeeds, runShare } from './simulate/seeds.ts';
import { Totals } from './simulate/totals.ts';

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
    '  Exit code 1 if any law was broken; a line for each seed that broke one.',
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
  const seed = whole(args, 'seed');
  if (args.values.trace === true && seed === undefined)
    throw new UsageError('--trace is for one run: --seed S --trace');
  const totals =
    seed === undefined
      ? await runSeeds(whole(args, 'from') ?? 1, whole(args, 'seeds') ?? 100, io)
      : await runOne(seed, args.values.trace === true, io);
  await write(io.stdout, totals.draw());
  return totals.failed === 0 && totals.runs > 0 ? 0 : 1;
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

function whole(args: Arguments, name: string): number | undefined {
  const value = text(args, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw new UsageError(`--${name} is a whole number`);
  return Number(value);
}
