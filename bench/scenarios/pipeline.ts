import { readConnection } from '../../shared/config.ts';
import { openPubSub } from '../../shared/gcp/pubsub.ts';
import type { BenchContext } from '../bench-context.ts';
import { Arrivals } from '../processes/arrivals.ts';
import { pushesToValidate } from '../processes/bench-events.ts';
import { envWithEmulators } from '../processes/bench-project.ts';
import { consume, pullAndPush } from '../processes/pull-and-push.ts';
import { PushClient } from '../processes/push-client.ts';
import { bundleFolder, ServedProcess } from '../processes/served-process.ts';
import { inBalancedRounds, median, medianRatio } from '../rounds.ts';
import type { Measure, MeasuredScenario } from '../scenario.ts';

const rounds = 5;
const eventsARound = 6_000;
const inFlight = 100;

/** The figures of one side in one round. */
export interface PipeFigures {
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly lost: number;
  readonly twice: number;
}

/** A function, and the folder of its bundle. */
interface Stage {
  readonly source: string;
  readonly target: string;
}

/** The way from `events` to `cleaned-events`, on both emulators. */
export const pipeline: MeasuredScenario = {
  name: 'pipeline',
  about:
    'from events to cleaned-events, 100 pushes of each function in flight, against two functions that decode and publish again: medians of five rounds',
  isCounted: false,
  run: async (size, context) => {
    const events = Math.ceil(eventsARound * size);
    const passThrough = { source: bundleFolder('bench', 'baselines', 'pass-through'), target: 'pass-through' };
    const [validate, track] = ['validate', 'track'].map((target) => ({
      source: bundleFolder('functions', target),
      target,
    })) as [Stage, Stage];
    const ours = await Pipe.start('bench-ours', context, validate, track);
    const passing = await Pipe.start('bench-passing', context, passThrough, passThrough);
    const figures = await inBalancedRounds(
      { ours: (round) => ours.carry(round, events), passing: (round) => passing.carry(round, events) },
      rounds,
    );
    const valuesOf = (side: 'ours' | 'passing', figure: keyof PipeFigures) => figures[side].map((one) => one[figure]);
    const sumOf = (figure: 'lost' | 'twice') => valuesOf('ours', figure).reduce((sum, value) => sum + value, 0);
    const compare = (metric: string, figure: keyof PipeFigures, atLeast?: number): Measure => ({
      metric,
      ours: median(valuesOf('ours', figure)),
      baseline: { value: median(valuesOf('passing', figure)), what: 'two functions that decode and publish again' },
      ratio: medianRatio(valuesOf('ours', figure), valuesOf('passing', figure)),
      ...(atLeast === undefined ? {} : { target: { of: 'ratio', atLeast } }),
    });
    return [
      compare('events a CPU second of both functions', 'perCpuSecond', 1),
      compare('events a second', 'perSecond'),
      { metric: `events lost of ${rounds * events}`, ours: sumOf('lost'), target: { atMost: 0 } },
      { metric: `events twice of ${rounds * events}`, ours: sumOf('twice'), target: { atMost: 0 } },
    ];
  },
};

/** Two functions in a row, with a project of their own on fresh emulators. */
export class Pipe {
  private readonly first: ServedProcess;
  private readonly second: ServedProcess;
  private readonly client: PushClient;
  private readonly arrivals = new Arrivals();

  private constructor(first: ServedProcess, second: ServedProcess, client: PushClient) {
    this.first = first;
    this.second = second;
    this.client = client;
  }

  static async start(projectId: string, context: BenchContext, first: Stage, second: Stage): Promise<Pipe> {
    const env = await envWithEmulators(projectId, context);
    const start = async ({ source, target }: Stage, to: string): Promise<ServedProcess> => {
      const served = await ServedProcess.start(source, target, { ...env, PASS_TO: to });
      context.cleanups.push(() => served.stop());
      return served;
    };
    const [one, two] = [await start(first, 'validated-events'), await start(second, 'cleaned-events')];
    const clients = [
      await PushClient.connect(one.port, inFlight),
      await PushClient.connect(two.port, inFlight),
    ] as const;
    const pipe = new Pipe(one, two, clients[0]);
    const pubsub = openPubSub(readConnection(env));
    const listening = [
      await pullAndPush(pubsub, 'track-validated-events', clients[1]),
      await consume(pubsub, 'cleaned-events', (message) => {
        pipe.arrivals.take(message);
      }),
    ];
    context.cleanups.push(async () => {
      await Promise.all(listening.map((subscription) => subscription.close()));
      await pubsub.close();
      for (const client of clients) client.close();
    });
    return pipe;
  }

  /** Carries events to the end. */
  async carry(round: number, events: number): Promise<PipeFigures> {
    const ids = Array.from({ length: events }, (_, i) => round * events + i + 1);
    const requests = pushesToValidate(ids);
    const cpuBeforeMs = await this.cpuMs();
    const startedAtMs = performance.now();
    this.arrivals.clear();
    await Promise.all(requests.map((request) => this.client.push(request)));
    await this.arrivals.rest(events);
    const wallMs = performance.now() - startedAtMs;
    const cpuMs = (await this.cpuMs()) - cpuBeforeMs;
    return {
      perCpuSecond: (events / cpuMs) * 1_000,
      perSecond: (events / wallMs) * 1_000,
      ...(await this.arrivals.count(ids)),
    };
  }

  private async cpuMs(): Promise<number> {
    return (await this.first.cpuMs()) + (await this.second.cpuMs());
  }
}
