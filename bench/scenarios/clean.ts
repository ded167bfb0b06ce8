import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchContext } from '../bench-context.ts';
import { benthosConfig } from '../clean/benthos-config.ts';
import { writeOrderEvents } from '../clean/order-events.ts';
import { runProgram, timeProgram, type Usage } from '../clean/run-program.ts';
import { bundleFolder } from '../processes/served-process.ts';
import { inBalancedRounds, median, medianRatio } from '../rounds.ts';
import type { Measure, MeasuredScenario, Target } from '../scenario.ts';

const events = 1_000_000;
const rounds = 3;
const what = 'parse, a zod schema and a Set in one process';

/** A file of events of 300 bytes: `clean` without outputs, and what somebody would write himself. */
export const clean: MeasuredScenario = {
  name: 'clean',
  about: 'a file of a million events of 300 bytes, from the start of the process to its end: medians of three rounds',
  isCounted: false,
  run: async (size, context) => {
    const folder = await mkdtemp(join(tmpdir(), 'eventmend-bench-'));
    context.cleanups.push(() => rm(folder, { recursive: true }));
    const count = Math.ceil(events * size);
    const file = join(folder, 'events.ndjson');
    const tenth = join(folder, 'tenth.ndjson');
    context.io.say(`clean: writing ${count} events`);
    await writeOrderEvents(file, count);
    await writeOrderEvents(tenth, Math.ceil(count / 10));
    return [...(await againstParsing(file, count, context)), await memory(file, tenth, count, context)].concat(
      await againstBenthos(file, folder, count, context),
    );
  },
};

async function againstParsing(file: string, count: number, { io }: BenchContext): Promise<readonly Measure[]> {
  const figures = await inBalancedRounds<'ours' | 'theirs', Usage>(
    {
      ours: () => runClean(file, io.signal),
      theirs: () => runProgram(bundleFolder('bench', 'parse-and-check.js'), [file], io.signal),
    },
    rounds,
  );
  const rates = (side: 'ours' | 'theirs', of: 'cpuMs' | 'wallMs'): number[] =>
    figures[side].map((usage) => (count * 1_000) / usage[of]);
  const measure = (of: 'cpuMs' | 'wallMs', metric: string, target?: Target): Measure => ({
    metric,
    ours: median(rates('ours', of)),
    baseline: { value: median(rates('theirs', of)), what },
    ratio: medianRatio(rates('ours', of), rates('theirs', of)),
    ...(target && { target }),
  });
  return [
    // Both processors may be used, so that the time that passes is the measure.
    measure('wallMs', 'events a second', { of: 'ratio', atLeast: 0.27 }),
    measure('cpuMs', 'events a second of CPU time'),
  ];
}

/** How much the most memory grows from a file of a tenth to the whole. */
async function memory(file: string, tenth: string, count: number, { io }: BenchContext): Promise<Measure> {
  const whole = await runClean(file, io.signal);
  const part = await runClean(tenth, io.signal);
  const ours = (whole.maxBytes - part.maxBytes) / (count - Math.ceil(count / 10));
  return { metric: 'bytes of memory an event', ours, target: { atMost: 100 } };
}

/** BENTHOS names the program. Without it nothing is measured. */
async function againstBenthos(
  file: string,
  folder: string,
  count: number,
  { io }: BenchContext,
): Promise<readonly Measure[]> {
  const { BENTHOS: benthos } = io.env;
  if (benthos === undefined) return [];
  const config = join(folder, 'benthos.yaml');
  await writeFile(config, benthosConfig(file));
  const figures = await inBalancedRounds<'ours' | 'theirs', number>(
    {
      ours: async () => (await runClean(file, io.signal)).wallMs,
      theirs: () => timeProgram(benthos, ['-c', config], io.signal),
    },
    rounds,
  );
  const [ours, theirs] = [figures.ours, figures.theirs].map((all) => all.map((ms) => (count * 1_000) / ms));
  return [
    {
      metric: 'events a second, beside Benthos',
      ours: median(ours ?? []),
      baseline: { value: median(theirs ?? []), what: 'Benthos' },
      ratio: medianRatio(ours ?? [], theirs ?? []),
      target: { of: 'ratio', atLeast: 1 },
    },
  ];
}

async function runClean(file: string, signal: AbortSignal): Promise<Usage> {
  const usage = await runProgram(bundleFolder('cli', 'main.js'), ['clean', file, '--json'], signal);
  const { cleaned, received } = JSON.parse(usage.output) as { readonly cleaned: number; readonly received: number };
  if (cleaned < received * 0.9) throw new Error(`clean accepted ${cleaned} of ${received} events`);
  return usage;
}
