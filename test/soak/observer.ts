import type { PubSub, Subscription } from '@google-cloud/pubsub';
import { readRequest } from '../../shared/gaps/request.ts';
import type { ReprocessRequest } from '../../shared/gaps/gap.ts';
import { observedTopics, type LiveJournal } from './live-journal.ts';

/** Listens to the topics of a pipeline and writes each message into the journal. */
export class Observer {
  private readonly listeners: readonly Subscription[];

  private constructor(listeners: readonly Subscription[]) {
    this.listeners = listeners;
  }

  /** @param onRequest Called with each request that producers receive. */
  static async listen(
    pubsub: PubSub,
    journal: LiveJournal,
    onRequest: (request: ReprocessRequest) => void,
  ): Promise<Observer> {
    const listeners = observedTopics.map(async (topic) => {
      const [subscription] = await pubsub.topic(topic).createSubscription(`soak-${topic}`);
      const seen = new Set<string>();
      subscription.on('message', (message) => {
        // A redelivery to the observer is not a second publish.
        if (seen.size < seen.add(message.id).size) {
          const { data, attributes, publishTime } = message;
          journal.see(topic, { data, attributes }, Number(publishTime.getFullTime()) / 1e6);
          if (topic === 'reprocess-requests') onRequest(readRequest(message));
        }
        message.ack();
      });
      return subscription;
    });
    return new Observer(await Promise.all(listeners));
  }

  async close(): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.close()));
  }
}
