import type { Topic } from '@google-cloud/pubsub';
import { makeSubscriptions, subscriptionNamesOf } from '../../cli/local/resources.ts';
import { readConnection } from '../../shared/config.ts';
import { openPubSub } from '../../shared/gcp/pubsub.ts';
import type { FunctionName } from '../../shared/topology.ts';
import type { BenchContext } from '../bench-context.ts';
import { Arrivals } from '../processes/arrivals.ts';
import { producedEvent } from '../processes/bench-events.ts';
import { envWithEmulators } from '../processes/bench-project.ts';
import { consume } from '../processes/pull-and-push.ts';
import { bundleFolder, ServedProcess } from '../processes/served-process.ts';
import { inBalancedRounds, median, medianRatio } from '../rounds.ts';
import type { MeasuredScenario } from '../scenario.ts';
import { Pipe, type PipeFigures } from './pipeline.ts';

const rounds = 5;
const eventsARound = 6_000;
const pulled: readonly FunctionName[] = ['validate', 'track'];

/** A worker that pulls for validate and track, against the two functions that are pushed to. */
export const pull: MeasuredScenario = {
  name: 'pull',
  about:
    'from events to cleaned-events, by one worker that pulls, against validate and track with 100 pushes in flight each: medians of five rounds',
  isCounted: false,
  run: async (size, context) => {
    const events = Math.ceil(eventsARound * size);
    const [validate, track] = [
      { source: bundleFolder('functions', 'validate'), target: 'validate' },
      { source: bundleFolder('functions', 'track'), target: 'track' },
    ];
    const worker = await PulledPipe.start('bench-pulled', context);
    const pushed = await Pipe.start('bench-pushed', context, validate, track);
    const figures = await inBalancedRounds(
      { ours: (round) => worker.carry(round, events), pushed: (round) => pushed.carry(round, events) },
      rounds,
    );
    const valuesOf = (side: 'ours' | 'pushed', figure: keyof PipeFigures) => figures[side].map((one) => one[figure]);
    const compare = (metric: string, figure: keyof PipeFigures) => ({
      metric,
      ours: median(valuesOf('ours', figure)),
      baseline: { value: median(valuesOf('pushed', figure)), what: 'our own functions that are pushed to' },
      ratio: medianRatio(valuesOf('ours', figure), valuesOf('pushed', figure)),
    });
    const sumOf = (figure: 'lost' | 'twice') => valuesOf('ours', figure).reduce((sum, value) => sum + value, 0);
    return [
      { ...compare('events a CPU second', 'perCpuSecond'), target: { of: 'ratio', atLeast: 1.2 } },
      compare('events a second', 'perSecond'),
      { metric: `events lost of ${rounds * events}`, ours: sumOf('lost'), target: { atMost: 0 } },
      { metric: `events twice of ${rounds * events}`, ours: sumOf('twice'), target: { atMost: 0 } },
    ];
  },
};

/** A worker with a project of its own on fresh emulators. */
class PulledPipe {
  private readonly worker: ServedProcess;
  private readonly topic: Topic;
  private readonly arrivals: Arrivals;

  private constructor(worker: ServedProcess, topic: Topic, arrivals: Arrivals) {
    this.worker = worker;
    this.topic = topic;
    this.arrivals = arrivals;
  }

  static async start(projectId: string, context: BenchContext): Promise<PulledPipe> {
    const env = await envWithEmulators(projectId, context);
    const pubsub = openPubSub(readConnection(env));
    const consumerOf = (name: FunctionName) => (pulled.includes(name) ? 'pull' : undefined);
    await makeSubscriptions({ pubsub, sources: [], consumerOf });
    const arrivals = new Arrivals();
    const listening = await consume(pubsub, 'cleaned-events', (message) => {
      arrivals.take(message);
    });
    const SUBSCRIPTIONS = subscriptionNamesOf(pulled, []).join(',');
    const worker = ServedProcess.startWorker(bundleFolder('functions', 'worker'), { ...env, SUBSCRIPTIONS });
    context.cleanups.push(async () => {
      await worker.stop();
      await listening.close();
      await pubsub.close();
    });
    return new PulledPipe(worker, pubsub.topic('events'), arrivals);
  }

  /** Carries events to the end. */
  async carry(round: number, events: number): Promise<PipeFigures> {
    const ids = Array.from({ length: events }, (_, i) => round * events + i + 1);
    const messages = ids.map(producedEvent);
    const cpuBeforeMs = await this.worker.cpuMs();
    const startedAtMs = performance.now();
    this.arrivals.clear();
    await Promise.all(
      messages.map(({ data, attributes }) => this.topic.publishMessage({ data: Buffer.from(data), attributes })),
    );
    await this.arrivals.rest(events);
    const wallMs = performance.now() - startedAtMs;
    const cpuMs = (await this.worker.cpuMs()) - cpuBeforeMs;
    return {
      perCpuSecond: (events / cpuMs) * 1_000,
      perSecond: (events / wallMs) * 1_000,
      ...(await this.arrivals.count(ids)),
    };
  }
}
