import type { Gap } from '../../../shared/gaps/gap.ts';
import type { Range } from '../../../shared/gaps/range.ts';
import { readRequest } from '../../../shared/gaps/request.ts';
import type { Step } from '../../../shared/embedded/steps.ts';
import { readAttribute } from '../../../shared/messages/attributes.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { Clock, Publisher } from '../../../shared/ports.ts';
import type { TopicName } from '../../../shared/topology.ts';

/** A dead letter of gaps that were given up. */
export interface GivenUpLetter {
  readonly atMs: number;
  readonly root: string;
  /** The ranges that the letter lists. */
  readonly ranges: readonly Range[];
}

/** Takes what sweeps publish. */
export class RecordingTopics implements Publisher {
  readonly letters: GivenUpLetter[] = [];
  /** The ranges that the producer was asked for. */
  readonly asked: Pick<Gap, 'from' | 'to'>[] = [];
  /** The ranges to infer that no reconstruct has taken. */
  toInfer: Pick<Gap, 'from' | 'to'>[] = [];
  private readonly clock: Clock;
  private readonly step: Step;

  constructor(clock: Clock, step: Step) {
    this.clock = clock;
    this.step = step;
  }

  async publish(topic: TopicName, message: Message): Promise<void> {
    await this.step();
    if (topic === 'dead-letter-queue')
      this.letters.push({
        atMs: this.clock.now(),
        root: readAttribute(message.attributes, 'root') ?? '',
        ranges: rangesIn(message),
      });
    if (topic !== 'reprocess-requests') return;
    const { phase, from, to } = readRequest(message);
    (phase === 'infer' ? this.toInfer : this.asked).push({ from, to });
  }
}

/** Returns what a letter about gaps lists. Nothing for a letter about several sequences. */
function rangesIn({ data }: Message): readonly Range[] {
  const { gaps = [] } = JSON.parse(Buffer.from(data).toString()) as { readonly gaps?: readonly Range[] };
  return gaps;
}
