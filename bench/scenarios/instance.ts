import type { BenchContext } from '../bench-context.ts';
import { pushesToTrack, pushesToValidate } from '../processes/bench-events.ts';
import { envWithEmulators } from '../processes/bench-project.ts';
import { PushClient } from '../processes/push-client.ts';
import { bundleFolder, ServedProcess } from '../processes/served-process.ts';
import { inBalancedRounds, median, medianRatio } from '../rounds.ts';
import type { Measure, MeasuredScenario } from '../scenario.ts';

const rounds = 5;
/** So many that the first round, which warms up, also has V8 compile what is often called. Node 24 does so in other threads. */
const pushesARound = 18_000;
const inFlight = 100;

type Target = 'validate' | 'track';

const targets: Readonly<
  Record<
    Target,
    { readonly atLeast: number; readonly to: string; readonly requests: (ids: readonly number[]) => readonly Buffer[] }
  >
> = {
  validate: { atLeast: 1.1, to: 'validated-events', requests: pushesToValidate },
  track: { atLeast: 1, to: 'cleaned-events', requests: pushesToTrack },
};

/** The figures of one side in one round. */
interface Figures {
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** One instance of a function, on both emulators. */
export const instance: MeasuredScenario = {
  name: 'instance',
  about: `one instance with ${inFlight} pushes in flight, against a function that decodes a message and publishes it again, on the same framework: medians of five rounds`,
  isCounted: false,
  run: async (size, context) => {
    const measures: Measure[] = [];
    for (const target of ['validate', 'track'] as const) measures.push(...(await measureTarget(target, size, context)));
    return measures;
  },
};

async function measureTarget(target: Target, size: number, context: BenchContext): Promise<readonly Measure[]> {
  context.io.say(`instance: ${target}`);
  const { to, requests } = targets[target];
  const env = await envWithEmulators(`bench-${target}`, context);
  const pushes = Math.ceil(pushesARound * size);
  const sideOf = async (source: string, name: string): Promise<(round: number) => Promise<Figures>> => {
    const served = await ServedProcess.start(source, name, { ...env, PASS_TO: to });
    context.cleanups.push(() => served.stop());
    return (round) => pushAll(served, requests(Array.from({ length: pushes }, (_, i) => round * pushes + i + 1)));
  };
  const figures = await inBalancedRounds(
    {
      ours: await sideOf(bundleFolder('functions', target), target),
      passing: await sideOf(bundleFolder('bench', 'baselines', 'pass-through'), 'pass-through'),
    },
    rounds,
  );
  const compare = (title: string, figure: keyof Figures, atLeast?: number): Measure => {
    const [ours, passing] = [figures.ours, figures.passing].map((side) => side.map((one) => one[figure]));
    return {
      metric: `${title}, ${target}`,
      ours: median(ours ?? []),
      baseline: { value: median(passing ?? []), what: 'decode and publish again' },
      ratio: medianRatio(ours ?? [], passing ?? []),
      ...(atLeast === undefined ? {} : { target: { of: 'ratio', atLeast } }),
    };
  };
  return [
    compare('pushes a CPU second', 'perCpuSecond', targets[target].atLeast),
    compare('pushes a second', 'perSecond'),
    compare('p99 of a push in ms', 'p99Ms'),
  ];
}

async function pushAll(served: ServedProcess, requests: readonly Buffer[]): Promise<Figures> {
  const client = await PushClient.connect(served.port, inFlight);
  const latencies: number[] = [];
  const cpuBeforeMs = await served.cpuMs();
  const startedAtMs = performance.now();
  await Promise.all(
    requests.map(async (request) => {
      latencies.push(await client.push(request));
    }),
  );
  const wallMs = performance.now() - startedAtMs;
  const cpuMs = (await served.cpuMs()) - cpuBeforeMs;
  client.close();
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    perCpuSecond: (requests.length / cpuMs) * 1_000,
    perSecond: (requests.length / wallMs) * 1_000,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
  };
}
