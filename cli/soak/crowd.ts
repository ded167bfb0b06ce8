import { setTimeout } from 'node:timers/promises';
import type { ReprocessRequest } from '../../shared/gaps/gap.ts';
import type { Publisher, Random } from '../../shared/ports.ts';
import { Numbering, Producer, type Planned } from '../simulate/producer.ts';
import type { Sent } from '../simulate/sent.ts';
import { streamNames } from '../simulate/setting.ts';
import type { LiveJournal } from './live-journal.ts';

/** What a minute is to the producers, in milliseconds: what they are late by is not to outlast a soak. */
const minuteMs = 5_000;
/** How far ahead they plan, in milliseconds. */
const aheadMs = 5_000;

export interface CrowdDeps {
  readonly publisher: Publisher;
  readonly journal: LiveJournal;
  readonly random: Random;
  /** How many ids a second they use up together. */
  readonly rate: number;
}

/** The simulator's producers, one for each stream, in real time. */
export class Crowd {
  private readonly deps: CrowdDeps;
  private readonly producers: readonly Producer[];
  private readonly underway = new Set<Promise<void>>();
  private failure: Error | undefined;

  constructor(deps: CrowdDeps) {
    this.deps = deps;
    const { random } = deps;
    const numbering = new Numbering();
    this.producers = streamNames.map((stream) => new Producer({ stream, random, numbering, minuteMs }));
  }

  /** How many messages are still to be sent. */
  get waiting(): number {
    return this.underway.size;
  }

  /** Sends events until the signal comes. @throws What made a message impossible to send. */
  async run(signal: AbortSignal): Promise<void> {
    const count = Math.max(1, Math.round((this.deps.rate * aheadMs) / 1_000 / this.producers.length));
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      for (const producer of this.producers) {
        // Before a stream has begun, nothing is far ahead of it.
        this.send(producer.plan(count, aheadMs).filter(({ sent }) => !isFirst || !isFarAhead(sent)));
      }
      await setTimeout(aheadMs, undefined, { signal }).catch(() => undefined);
      if (this.failure) throw this.failure;
    }
  }

  /** Answers a request, if it is one to answer. */
  answer({ phase, stream, from, to }: ReprocessRequest): void {
    const producer = this.producers.find((one) => one.stream === stream);
    if (phase === 'resend' && producer) this.send(producer.answer(from, to));
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
    journal.count('messages');
    journal.sent.push({ ...journal.stamp(), sent });
    await publisher.publish('events', { data: Buffer.from(sent.text), attributes: sent.attributes });
  }
}

function isFarAhead({ what }: Sent): boolean {
  return what.kind === 'event' && what.isFarAhead;
}
