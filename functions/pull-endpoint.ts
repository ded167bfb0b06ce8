import type { PulledMessage } from '../shared/pull-source.ts';
import type { NamedSubscription } from '../shared/sources/source-topic.ts';
import { deliver, type DeliveryDeps } from './deliver.ts';

export interface PullEndpointDeps extends DeliveryDeps {
  readonly subscription: Pick<NamedSubscription, 'topic' | 'filter' | 'maxDeliveryMs'>;
}

/** The largest part of a delivery's time that a message may have waited in the library when it is begun. */
const maxWaitShare = 0.5;

/** Serves a subscription that is pulled: it passes each message to the handler, and then acks or nacks it. */
export class PullEndpoint {
  private readonly deps: PullEndpointDeps;
  private readonly underway = new Set<Promise<void>>();
  private isClosed = false;

  constructor(deps: PullEndpointDeps) {
    this.deps = deps;
  }

  /** Takes a message. After `close` it is neither acked nor nacked: the stream gives it back when it is closed. */
  take(message: PulledMessage): void {
    if (this.isClosed) return;
    const handled = this.handle(message).finally(() => this.underway.delete(handled));
    this.underway.add(handled);
  }

  /** Takes no further messages. Resolves when all that were taken are acked or nacked. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.underway);
  }

  private async handle({ arrivedAtMs, ack, nack, ...message }: PulledMessage): Promise<void> {
    const { topic, filter, maxDeliveryMs } = this.deps.subscription;
    // The library has held it back for long. Begun now, it might not end in time, and neither would those behind it.
    if (this.deps.clock.now() > arrivedAtMs + maxDeliveryMs * maxWaitShare) {
      nack();
      return;
    }
    const delivery = { ...message, topic, deadlineMs: arrivedAtMs + maxDeliveryMs };
    if ((await deliver(this.deps, delivery, [filter])) === 'acked') ack();
    else nack();
  }
}
