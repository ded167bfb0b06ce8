import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../shared/errors.ts';
import { text, UsageError, write, type Arguments, type Command, type Io } from './command.ts';
import { builtDirectory } from './dev/built.ts';
import { endAll, type Endings } from './dev/endings.ts';
import { hostsOf, lossOf, provideEmulators } from './dev/local-emulators.ts';
import type { Books } from './soak/books.ts';
import { drawBooks, drawProgress, isBalanced } from './soak/report.ts';
import { Soak, type SoakSettings } from './soak/soak.ts';

const defaults = { minutes: 10, 'kill-every': 3, rate: 20, seed: 1 } as const;

/** How often it says how it goes, in milliseconds. */
const sayEveryMs = 30_000;

export const soak: Command = {
  summary: "run every function on Google's emulators while they are killed, and check that the books balance",
  usage: [
    'eventmend soak [options]',
    '',
    `  --minutes N           for how long events are sent and functions killed (${defaults.minutes}); then all that is underway is waited for`,
    `  --kill-every SECONDS  how long it is waited between two kills, on average (${defaults['kill-every']})`,
    `  --rate N              how many ids a second the producers use up (${defaults.rate})`,
    `  --seed S              decides what is sent and what is killed (${defaults.seed})`,
    '  --verbose             print what the functions say',
    '',
    'Starts the emulators as eventmend dev does, and works in a project of its own there. The functions are those of the project',
    "with the simulator's catalog in place of yours: npm run soak builds them.",
    '',
    'Exit code 0: the books balance. 1: they do not, or an error. 2: wrong arguments.',
  ],
  options: {
    minutes: { type: 'string' },
    'kill-every': { type: 'string' },
    rate: { type: 'string' },
    seed: { type: 'string' },
    verbose: { type: 'boolean' },
  },
  run: runSoak,
};

async function runSoak(args: Arguments, io: Io): Promise<number> {
  if (args.positionals.length > 0) throw new UsageError(`soak takes no arguments\n\n${soak.usage.join('\n')}`);
  const settings = settingsOf(args);
  const endings: Endings = [];
  try {
    const books = await runOn(settings, args.values.verbose === true, io, endings);
    await write(io.stdout, drawBooks(books, io.stdout.isTTY === true));
    return isBalanced(books) ? 0 : 1;
  } finally {
    await endAll(endings);
  }
}

async function runOn(settings: SoakSettings, isVerbose: boolean, io: Io, endings: Endings): Promise<Books> {
  const built = builtForSoak();
  const emulators = await provideEmulators(io, endings);
  const startedAtMs = performance.now();
  let saidAtMs = -sayEveryMs;
  const run = await Soak.start(settings, {
    hosts: hostsOf(emulators),
    path: io.env.PATH,
    built,
    show: (line) => {
      if (isVerbose) io.stderr.write(`${line}\n`);
    },
    onLook: (journal) => {
      const elapsedMs = performance.now() - startedAtMs;
      if (elapsedMs < saidAtMs + sayEveryMs) return;
      saidAtMs = elapsedMs;
      io.stdout.write(drawProgress(journal, elapsedMs));
    },
    endings,
    signal: io.signal,
  });
  return Promise.race([run.run(), lossOf(emulators)]);
}

/** Where the functions are that were built for a soak. @throws ConfigError if they were not. */
function builtForSoak(): string {
  const built = join(builtDirectory(), 'soak');
  if (existsSync(built)) return built;
  throw new ConfigError([`there are no functions in ${built}: npm run soak, or node build.mjs soak, makes them`]);
}

function settingsOf(args: Arguments): SoakSettings {
  return {
    durationMs: numberOf(args, 'minutes', { least: 0.05, most: 10_000 }) * 60_000,
    killEveryMs: numberOf(args, 'kill-every', { least: 0.1, most: 3_600 }) * 1_000,
    rate: numberOf(args, 'rate', { least: 1, most: 1_000 }),
    seed: numberOf(args, 'seed', { least: 0, most: 2 ** 32 - 1, isWhole: true }),
  };
}

function numberOf(
  args: Arguments,
  name: keyof typeof defaults,
  { least, most, isWhole = false }: { readonly least: number; readonly most: number; readonly isWhole?: boolean },
): number {
  const value = text(args, name);
  const number = value === undefined ? defaults[name] : value.trim() === '' ? Number.NaN : Number(value);
  if (number >= least && number <= most && (!isWhole || Number.isInteger(number))) return number;
  throw new UsageError(`--${name} is a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`);
}
