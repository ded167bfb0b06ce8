import type { Message, PubSub, Subscription } from '@google-cloud/pubsub';
import { subscriptionOptions } from '../../cli/local/resources.ts';
import { subscriptions, type SubscriptionName, type TopicName } from '../../shared/topology.ts';
import { pushRequest, type PushClient } from './push-client.ts';

/** One stream of the emulator gives some 2,000 messages a second. */
const maxStreams = 5;
/** The messages that are pushed at a time. */
const maxMessages = 100;

/**
 * Pushes the messages of a subscription to the function that serves it, as Pub/Sub does. The emulator itself pushes only
 * two at a time.
 */
export async function pullAndPush(pubsub: PubSub, name: SubscriptionName, client: PushClient): Promise<Subscription> {
  const { topic } = subscriptions[name];
  return listen(pubsub, topic, name, (message) => {
    const { id, data, attributes } = message;
    client.push(pushRequest({ topic, subscription: name, id, data, attributes })).then(
      () => {
        message.ack();
      },
      () => {
        message.nack();
      },
    );
  });
}

/** Acks all messages of a topic. */
export async function consume(
  pubsub: PubSub,
  topic: TopicName,
  take: (message: Message) => void,
): Promise<Subscription> {
  return listen(pubsub, topic, undefined, (message) => {
    take(message);
    message.ack();
  });
}

async function listen(
  pubsub: PubSub,
  topic: TopicName,
  name: SubscriptionName | undefined,
  take: (message: Message) => void,
): Promise<Subscription> {
  const options = name === undefined ? {} : subscriptionOptions(name, pubsub.projectId);
  const [subscription] = await pubsub.topic(topic).createSubscription(name ?? `bench-${topic}`, options);
  subscription.setOptions({ flowControl: { maxMessages }, streamingOptions: { maxStreams } });
  subscription.on('message', take);
  return subscription;
}
