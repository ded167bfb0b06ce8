import type { ReprocessRequest } from '../../shared/gaps/gap.ts';
import { maxFiledAtOnce, type Random } from '../../shared/ports.ts';
import { Numbering } from './message-maker.ts';
import { Producer, type Planned } from './producer.ts';
import type { Scenario } from './scenario.ts';
import { streamNames, type StreamName } from './setting.ts';

const minuteMs = 60_000;
/** The time over which a producer spreads its messages, in milliseconds: at first, and after the scheduler was stopped. */
const spreadMs = 15 * minuteMs;
const lateSpreadMs = 5 * minuteMs;
/** The number of single ids that a sparse stream lacks. It exceeds the gaps that one commit files. */
const sparseGaps = maxFiledAtOnce + 30;

export interface WorkloadDeps {
  readonly scenario: Scenario;
  readonly random: Random;
  /** Makes the random source of each producer. */
  readonly randomOf: (producer: number) => Random;
}

/** The messages of a run. Two producers send them, each in its own stream. */
export class Workload {
  private readonly deps: WorkloadDeps;
  private readonly producers: readonly Producer[];

  constructor(deps: WorkloadDeps) {
    this.deps = deps;
    this.producers = this.makeProducers();
  }

  get streams(): readonly StreamName[] {
    return this.producers.map(({ stream }) => stream);
  }

  /** Plans the messages that producers send without a request. */
  plan(): readonly Planned[] {
    const { scenario, random } = this.deps;
    const [first] = this.producers;
    return [
      ...this.producers.flatMap((producer) => producer.plan(6 + Math.floor(random() * 8), spreadMs)),
      ...(scenario.hasBurst && first ? first.planBurst() : []),
      ...(scenario.sparse && first ? first.planSparse(sparseGaps) : []),
      ...this.producers.flatMap((producer) => producer.planExtremes(spreadMs)),
    ];
  }

  /** Plans messages about a few new ids. */
  planMore(): readonly Planned[] {
    return this.producers.flatMap((producer) => producer.plan(3, lateSpreadMs));
  }

  /** Plans copies of earlier events. @param count The average number for each producer. */
  planCopies(count: number): readonly Planned[] {
    return this.producers.flatMap((producer) => producer.planLate(count, lateSpreadMs));
  }

  /** Plans the answer of a stream's producer to a request. */
  answer({ phase, stream, from, to }: ReprocessRequest): readonly Planned[] {
    const producer = this.producers.find((one) => one.stream === stream);
    return phase === 'resend' && producer ? producer.answer(from, to) : [];
  }

  private makeProducers(): readonly Producer[] {
    const { scenario, random, randomOf } = this.deps;
    const { isStrict, hasBurst, sparse } = scenario;
    const numbering = new Numbering();
    const drawn = Math.floor(random() * streamNames.length);
    const first = sparse === 'listed' ? streamNames.indexOf('audit') : drawn;
    return [0, 1].flatMap((i) => {
      const stream = streamNames[(first + i) % streamNames.length];
      const edge = hasBurst && i === 0 ? { idsToEdge: 60 + Math.floor(random() * 20) } : {};
      const options = { random: randomOf(i), numbering, isStrict, sendsTooLarge: true, ...edge };
      return stream ? [new Producer({ stream, ...options })] : [];
    });
  }
}
