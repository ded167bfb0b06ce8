import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCommand, UsageError, write, type Arguments, type Io } from '../cli/command.ts';
import type { OptionDeclarations } from '../cli/options.ts';
import { BenchContext, type BenchIo } from './bench-context.ts';
import { plotsOf } from './plot/plots.ts';
import { drawResults } from './report.ts';
import { resultOf, type Result, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { terminalOf } from '../cli/screen/table.ts';

const options = {
  only: { kind: 'texts', value: 'NAME', help: 'run this scenario only; can be given several times' },
  counted: { kind: 'flag', help: 'run only the scenarios whose figures are counted, and so are the same in every run' },
  size: { kind: 'number', value: 'SHARE', min: 0.001, max: 1, default: 1, help: 'make the runs shorter, for a try' },
  plots: { kind: 'text', value: 'DIRECTORY', help: 'draw the figures as SVG files into this directory' },
  json: { kind: 'flag', help: 'print {"scenarios":[{name, metric, ours, baseline, ratio, target, passed}]}' },
} as const satisfies OptionDeclarations;

/** Measures Eventmend beside what users would have instead. */
export const bench = makeCommand({
  name: 'bench',
  calledAs: 'npm run bench --',
  summary: 'measure Eventmend beside what users would have instead',
  positionals: [],
  options,
  notes: [
    `Scenarios: ${scenarios.map(({ name }) => name).join(', ')}.`,
    '',
    'Figures that are not counted are ratios of sides that run in turn. Their scenarios start the emulators that they need.',
    '',
    'Exit code 0: the figures are printed, whether or not they reach their targets. 1: an error. 2: wrong arguments.',
  ],
  run: runBench,
});

async function runBench({ values }: Arguments<typeof options, []>, io: Io): Promise<number> {
  const all: Result[] = [];
  for (const scenario of chosenScenarios(values)) {
    const results = await resultsOf(scenario, values.size, benchIoOf(io));
    all.push(...results);
    const table = `${scenario.name}: ${scenario.about}\n\n${drawResults(results, terminalOf(io.stdout))}\n\n`;
    if (!values.json) await write(io.stdout, table);
  }
  if (values.plots !== undefined) await writePlots(values.plots, all);
  if (values.json) await write(io.stdout, `${JSON.stringify({ scenarios: all })}\n`);
  return 0;
}

async function writePlots(directory: string, results: readonly Result[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const { file, svg } of plotsOf(results)) await writeFile(join(directory, file), svg);
}

/** @throws UsageError that lists the scenarios if there is none of a name. */
function chosenScenarios({
  only,
  counted,
}: {
  readonly only: readonly string[];
  readonly counted: boolean;
}): Scenario[] {
  const names = scenarios.map(({ name }) => name);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`there is no scenario ${unknown.join(', ')}: --only takes one of: ${names.join(', ')}`);
  return scenarios.filter(
    ({ name, isCounted }) => (only.length === 0 || only.includes(name)) && (isCounted || !counted),
  );
}

async function resultsOf(scenario: Scenario, size: number, io: BenchIo): Promise<readonly Result[]> {
  if (scenario.isCounted) return (await scenario.run(size)).map((measure) => resultOf(scenario.name, measure));
  const context = new BenchContext(io);
  try {
    const measures = await Promise.race([scenario.run(size, context), rejectWhenAborted(io.signal)]);
    return measures.map((measure) => resultOf(scenario.name, measure));
  } finally {
    await context.end();
  }
}

/** So that all that a scenario started is ended after a Ctrl-C. */
async function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw new Error('the measurement was ended');
}

function benchIoOf({ env, signal, stderr }: Io): BenchIo {
  const say = (line: string): void => {
    stderr.write(`${line}\n`);
  };
  return { env, signal, say };
}
