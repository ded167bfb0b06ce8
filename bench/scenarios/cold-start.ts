import { setTimeout } from 'node:timers/promises';
import { pushesToTrack, pushesToValidate } from '../processes/bench-events.ts';
import { envWithEmulators } from '../processes/bench-project.ts';
import { deployedFunction } from '../processes/deployed-function.ts';
import { PushClient } from '../processes/push-client.ts';
import { bundleFolder, ServedProcess } from '../processes/served-process.ts';
import { inBalancedRounds, median, medianRatio } from '../rounds.ts';
import type { Measure, MeasuredScenario } from '../scenario.ts';

const rounds = 9;
const targets = ['validate', 'track'] as const;

interface Figures {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** From the start of a process to the first push that it acks, on both emulators. */
export const coldStart: MeasuredScenario = {
  name: 'cold start',
  about: `from the start of a process to its first acked push, as deployed, on Node ${process.version}: medians of nine rounds`,
  isCounted: false,
  run: async (size, context) => {
    context.io.say('cold start');
    const env = await envWithEmulators('bench-start', context);
    const sideOf =
      (source: string, target: string, requests: (ids: readonly number[]) => readonly Buffer[]) =>
      async (round: number): Promise<Figures> =>
        startOnce(source, target, { ...env, PASS_TO: 'cleaned-events' }, requests([round + 1])[0]);
    const unbundled = (target: string) => bundleFolder('bench', 'unbundled', target);
    const figures = await inBalancedRounds(
      {
        validate: sideOf(await deployedFunction('validate', context), 'validate', pushesToValidate),
        track: sideOf(await deployedFunction('track', context), 'track', pushesToTrack),
        minimal: sideOf(bundleFolder('bench', 'baselines', 'claim-and-publish'), 'claim-and-publish', pushesToTrack),
        'unbundled validate': sideOf(unbundled('validate'), 'validate', pushesToValidate),
        'unbundled track': sideOf(unbundled('track'), 'track', pushesToTrack),
      },
      Math.max(1, Math.ceil(rounds * size)),
    );
    return targets.flatMap((target) => [
      ...compare(`${target} against a minimal claim and publish`, figures[target], figures.minimal, 1.1),
      ...compare(`${target} against unbundled`, figures[target], figures[`unbundled ${target}`], 0.8),
    ]);
  },
};

/** The start is work of the CPU, so the target is one of CPU time: other processes do not disturb it. */
function compare(
  title: string,
  ours: readonly Figures[],
  baseline: readonly Figures[],
  atMost: number,
): readonly Measure[] {
  const measure = (figure: keyof Figures): Measure => {
    const [our, their] = [ours.map((one) => one[figure]), baseline.map((one) => one[figure])];
    return {
      metric: `${figure === 'wallMs' ? 'time' : 'CPU'} in ms, ${title}`,
      ours: median(our),
      baseline: { value: median(their), what: title },
      ratio: medianRatio(our, their),
      ...(figure === 'cpuMs' ? { target: { of: 'ratio', atMost } } : {}),
    };
  };
  return [measure('cpuMs'), measure('wallMs')];
}

async function startOnce(
  source: string,
  target: string,
  env: NodeJS.ProcessEnv,
  request: Buffer | undefined,
): Promise<Figures> {
  if (!request) throw new Error('there is nothing to push');
  const startedAtMs = performance.now();
  const served = await ServedProcess.spawn(source, target, env);
  try {
    const client = await openWhenServed(served);
    await client.push(request);
    const wallMs = performance.now() - startedAtMs;
    const cpuMs = await served.cpuMs();
    client.close();
    return { wallMs, cpuMs };
  } finally {
    await served.stop();
  }
}

/** Tries to connect until the function listens. A platform knows from the function's own sign when it does. */
async function openWhenServed(served: ServedProcess): Promise<PushClient> {
  while (served.isRunning) {
    const client = await PushClient.connect(served.port, 1).catch(() => undefined);
    if (client) return client;
    await setTimeout(5);
  }
  throw new Error('the function ended before it served');
}
