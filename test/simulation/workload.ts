import type { ReprocessRequest } from '../../shared/gaps/gap.ts';
import { maxFiledAtOnce, type Random } from '../../shared/ports.ts';
import { Numbering } from './message-maker.ts';
import type { Planned } from './planned.ts';
import { Producer } from './producer.ts';
import type { Scenario } from './scenario.ts';
import { UnnumberedProducer } from './unnumbered-producer.ts';
import { consecutiveStreams, unusualStreams, type StreamName } from './setting.ts';

const minuteMs = 60_000;
/** The time over which a producer spreads its messages, in milliseconds: at first, and after the scheduler was stopped. */
const spreadMs = 15 * minuteMs;
const lateSpreadMs = 5 * minuteMs;
/** How much later the timestamps of late events are, in milliseconds: they are younger than the deduplication window. */
const lateTimestampsMs = 45 * 24 * 60 * minuteMs;
/** The share of runs in which the numbers of the second stream do not grow by one. */
const unusualShare = 0.45;
/** The number of single ids that a sparse stream lacks. It exceeds the gaps that one commit files. */
const sparseGaps = maxFiledAtOnce + 30;

export interface WorkloadDeps {
  readonly scenario: Scenario;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called with each id that its producer will never use. */
  readonly onUnused: (stream: StreamName, id: number) => void;
  /** Makes the random source of each producer. */
  readonly randomOf: (producer: number) => Random;
}

/** The share of runs with an unnumbered stream in which a burst has one timestamp. */
const burstShare = 0.6;

/** The messages of a run. Two producers send them, each in its own stream. */
export class Workload {
  private readonly deps: WorkloadDeps;
  private readonly producers: readonly Producer[];
  private readonly unnumbered: UnnumberedProducer | undefined;

  constructor(deps: WorkloadDeps) {
    this.deps = deps;
    const numbering = new Numbering();
    this.producers = this.makeProducers(numbering);
    this.unnumbered = this.makeUnnumbered(numbering);
  }

  /** The numbered streams. */
  get streams(): readonly StreamName[] {
    return this.producers.map(({ stream }) => stream);
  }

  /** Plans the messages that producers send without a request. */
  plan(): readonly Planned[] {
    const { scenario } = this.deps;
    const [first] = this.producers;
    return [
      ...(scenario.misnumbering && first ? first.planMisnumbered(scenario.misnumbering) : []),
      ...this.producers.flatMap((producer) => producer.plan(this.countFor(producer), spreadMs)),
      ...(scenario.hasBurst && first ? first.planBurst() : []),
      ...(scenario.sparse && first ? first.planSparse(sparseGaps) : []),
      ...this.producers.flatMap((producer) => producer.planExtremes(spreadMs)),
      ...this.planUnnumbered(),
    ];
  }

  private planUnnumbered(): readonly Planned[] {
    const { unnumbered } = this;
    if (!unnumbered) return [];
    const { random } = this.deps;
    return [
      ...unnumbered.plan(8 + Math.floor(random() * 8), spreadMs),
      ...unnumbered.planEdge(spreadMs),
      ...(random() < burstShare ? unnumbered.planBurst(spreadMs) : []),
    ];
  }

  /** Draws the number of ids of a producer. Whether holes are doubtful shows only among many ids. */
  private countFor({ stream }: Producer): number {
    return (stream === 'shards' ? 36 : 6) + Math.floor(this.deps.random() * 8);
  }

  /** Plans messages about a few new ids, long after the others. In half of the runs their timestamps are as late. */
  planMore(): readonly Planned[] {
    if (this.deps.random() < 0.5) for (const producer of this.producers) producer.delay(lateTimestampsMs);
    const more = this.producers.flatMap((producer) => producer.plan(3, lateSpreadMs));
    return [...more, ...(this.unnumbered?.plan(4, lateSpreadMs) ?? [])];
  }

  /** Plans copies of earlier events. @param count The average number for each producer. */
  planCopies(count: number): readonly Planned[] {
    const copies = this.producers.flatMap((producer) => producer.planLate(count, lateSpreadMs));
    return [...copies, ...(this.unnumbered?.planLate(count, lateSpreadMs) ?? [])];
  }

  /** Plans the answer of a stream's producer to a request. */
  answer(request: ReprocessRequest): readonly Planned[] {
    const producer = this.producers.find((one) => one.stream === request.stream);
    return request.phase === 'resend' && producer ? producer.answer(request) : [];
  }

  private makeUnnumbered(numbering: Numbering): UnnumberedProducer | undefined {
    const { randomOf, now, scenario } = this.deps;
    const { unnumbered: stream, isStrict } = scenario;
    return stream && new UnnumberedProducer({ stream, random: randomOf(1), numbering, isStrict, now });
  }

  private makeProducers(numbering: Numbering): readonly Producer[] {
    const { scenario, random, randomOf, onUnused } = this.deps;
    const { isStrict, hasBurst } = scenario;
    return this.drawStreams(random).map((stream, i) => {
      const edge = hasBurst && i === 0 ? { idsToEdge: 60 + Math.floor(random() * 20) } : {};
      const options = { random: randomOf(i), numbering, isStrict, sendsTooLarge: true, ...edge };
      return new Producer({
        stream,
        ...options,
        onUnused: (id) => {
          onUnused(stream, id);
        },
      });
    });
  }

  /** Draws the two streams of a run. The first one has consecutive ids. */
  private drawStreams(random: Random): readonly StreamName[] {
    const drawn = Math.floor(random() * consecutiveStreams.length);
    const first = this.deps.scenario.sparse === 'listed' ? consecutiveStreams.indexOf('audit') : drawn;
    const unusual = unusualStreams[Math.floor(random() * unusualStreams.length)];
    const next = consecutiveStreams[(first + 1) % consecutiveStreams.length];
    const second = random() < unusualShare ? unusual : next;
    const drawnStreams = this.deps.scenario.unnumbered ? [] : [second];
    return [consecutiveStreams[first], ...drawnStreams].filter((stream) => stream !== undefined);
  }
}
