import type { PubSub, Subscription } from '@google-cloud/pubsub';
import type { Message } from '../../shared/messages/message.ts';
import type { TopicName } from '../../shared/topology.ts';
import { eventually } from './eventually.ts';

/** Listens to topics of the Pub/Sub emulator. Creates topics that do not exist. */
export class TopicListeners {
  private readonly subscriptions: Subscription[] = [];

  /** @returns A function that waits for a number of messages and returns all that came since its last call. */
  async listen(pubsub: PubSub, topic: TopicName): Promise<(count: number) => Promise<readonly Message[]>> {
    const [made] = await pubsub.topic(topic).get({ autoCreate: true });
    const [subscription] = await made.createSubscription(`test-${topic}-${this.subscriptions.length}`);
    this.subscriptions.push(subscription);
    let messages: Message[] = [];
    subscription.on('message', (message) => {
      const { data, attributes, orderingKey } = message;
      messages.push({ data, attributes, ...(orderingKey && { orderingKey }) });
      message.ack();
    });
    return (count) =>
      eventually(`${count} message(s) on ${topic}`, () => {
        if (messages.length < count) return undefined;
        const taken = messages;
        messages = [];
        return taken;
      });
  }

  async close(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
  }
}
