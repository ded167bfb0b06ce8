import { makeCommand, write, type Arguments, type Io } from '../../cli/command.ts';
import { builtDirectory } from '../../cli/local/built.ts';
import { cleanUp, type Cleanups } from '../../cli/local/cleanups.ts';
import { useEmulators, rejectWhenLost, provideEmulators } from '../../cli/local/local-emulators.ts';
import { seedBounds, type OptionDeclarations, type OptionValues } from '../../cli/options.ts';
import type { SoakResult } from './soak-result.ts';
import { drawResult, drawProgress, isSoakBalanced } from './report.ts';
import { Soak, type SoakSettings } from './soak.ts';
import { terminalOf } from '../../cli/screen/table.ts';

const options = {
  minutes: {
    kind: 'number',
    value: 'N',
    min: 0.05,
    max: 10_000,
    default: 10,
    help: 'for how long events are sent and functions are killed; then it waits for all that is under way',
  },
  'kill-every': {
    kind: 'number',
    value: 'SECONDS',
    min: 0.1,
    max: 3_600,
    default: 3,
    help: 'the time between two kills, on average',
  },
  rate: {
    kind: 'number',
    value: 'N',
    min: 1,
    max: 1_000,
    default: 20,
    help: 'how many ids a second the producers use up',
  },
  seed: { ...seedBounds, value: 'S', default: 1, help: 'decides what is sent and what is killed' },
  pull: { kind: 'flag', help: 'let workers pull, in place of functions that are pushed to' },
  verbose: { kind: 'flag', help: 'print what the functions say' },
} as const satisfies OptionDeclarations;

type Values = OptionValues<typeof options>;

/** The time between two lines of progress, in milliseconds. */
const sayEveryMs = 30_000;

export const soak = makeCommand({
  name: 'soak',
  calledAs: 'npm run soak --',
  summary: "run every function on Google's emulators while they are killed, and check that the books balance",
  positionals: [],
  options,
  notes: [
    'Starts the emulators as eventmend dev does, and works in a project of its own there. The functions are those of the project',
    "with the simulator's catalog in place of yours: npm run soak builds them.",
    '',
    'Exit code 0: the books balance. 1: they do not, or an error. 2: wrong arguments.',
  ],
  run: runSoak,
});

async function runSoak({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const cleanups: Cleanups = [];
  try {
    const result = await runOn(values, io, cleanups);
    await write(io.stdout, drawResult(result, terminalOf(io.stdout)));
    return isSoakBalanced(result) ? 0 : 1;
  } finally {
    await cleanUp(cleanups);
  }
}

async function runOn(values: Values, io: Io, cleanups: Cleanups): Promise<SoakResult> {
  const built = builtDirectory('dist/soak', 'npm run soak');
  const emulators = await provideEmulators(io, cleanups);
  const startedAtMs = performance.now();
  let saidAtMs = -sayEveryMs;
  const run = await Soak.start(settingsOf(values), {
    hosts: useEmulators(emulators),
    path: io.env.PATH,
    built,
    show: (line) => {
      if (values.verbose) io.stderr.write(`${line}\n`);
    },
    onLook: (journal) => {
      const elapsedMs = performance.now() - startedAtMs;
      if (elapsedMs < saidAtMs + sayEveryMs) return;
      saidAtMs = elapsedMs;
      io.stdout.write(drawProgress(journal, elapsedMs));
    },
    cleanups,
    signal: io.signal,
  });
  return Promise.race([run.run(), rejectWhenLost(emulators)]);
}

function settingsOf({ minutes, 'kill-every': killEverySeconds, rate, seed, pull }: Values): SoakSettings {
  const mode = pull ? 'pull' : 'push';
  return { durationMs: minutes * 60_000, killEveryMs: killEverySeconds * 1_000, rate, seed, mode };
}
