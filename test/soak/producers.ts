import { setTimeout } from 'node:timers/promises';
import type { ReprocessRequest } from '../../shared/gaps/gap.ts';
import type { Publisher, Random } from '../../shared/ports.ts';
import { Numbering } from '../simulation/message-maker.ts';
import type { Planned } from '../simulation/planned.ts';
import { Producer } from '../simulation/producer.ts';
import type { SentMessage } from '../simulation/sent-message.ts';
import { numberedStreams } from '../simulation/setting.ts';
import type { LiveJournal } from './live-journal.ts';

/** The time that producers plan ahead, in milliseconds. */
const aheadMs = 5_000;

export interface ProducersDeps {
  readonly publisher: Publisher;
  readonly journal: LiveJournal;
  readonly random: Random;
  /** The ids a second, of all producers together. */
  readonly rate: number;
  /** The length of a producer's minute, in milliseconds. Producers are late by at most eight of these minutes. */
  readonly minuteMs: number;
}

/** Runs the simulator's producers in real time, one for each stream. */
export class Producers {
  private readonly deps: ProducersDeps;
  private readonly producers: readonly Producer[];
  private readonly underway = new Set<Promise<void>>();
  private failure: Error | undefined;

  constructor(deps: ProducersDeps) {
    this.deps = deps;
    const { random, minuteMs } = deps;
    const numbering = new Numbering();
    this.producers = numberedStreams.map(
      (stream) => new Producer({ stream, random, numbering, minuteMs, isStrict: false }),
    );
  }

  /** The number of messages that are planned and not sent yet. */
  get waiting(): number {
    return this.underway.size;
  }

  /** Sends events until the signal is aborted. @throws Error if a message could not be sent. */
  async run(signal: AbortSignal): Promise<void> {
    const count = Math.max(1, Math.round((this.deps.rate * aheadMs) / 1_000 / this.producers.length));
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      for (const producer of this.producers) {
        // A stream without any id has no highest id, so that no id is far ahead of it.
        this.send(producer.plan(count, aheadMs).filter(({ sent }) => !isFirst || !isFarAhead(sent)));
      }
      await setTimeout(aheadMs, undefined, { signal }).catch(() => undefined);
      if (this.failure) throw this.failure;
    }
  }

  /** Answers a request to resend. Other requests are ignored. */
  answer(request: ReprocessRequest): void {
    const producer = this.producers.find((one) => one.stream === request.stream);
    if (request.phase === 'resend' && producer) this.send(producer.answer(request));
  }

  private send(planned: readonly Planned[]): void {
    for (const one of planned) {
      const sending = this.sendLater(one)
        .catch((error: unknown) => {
          this.failure ??= new Error('a message could not be sent', { cause: error });
        })
        .finally(() => this.underway.delete(sending));
      this.underway.add(sending);
    }
  }

  private async sendLater({ inMs, sent }: Planned): Promise<void> {
    const { journal, publisher } = this.deps;
    await setTimeout(inMs);
    journal.send(sent);
    await publisher.publish('events', { data: Buffer.from(sent.text), attributes: sent.attributes });
  }
}

function isFarAhead({ what }: SentMessage): boolean {
  return what.kind === 'event' && what.isFarAhead;
}
