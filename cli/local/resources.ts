import type { CreateSubscriptionOptions, PubSub } from '@google-cloud/pubsub';
import { Calls } from '../../shared/gcp/calls.ts';
import { isTaken } from '../../shared/gcp/status.ts';
import {
  subscriptionNames,
  subscriptions,
  topicNames,
  type FunctionName,
  type SubscriptionName,
} from '../../shared/topology.ts';

export interface ResourcesOptions {
  readonly pubsub: PubSub;
  /** Returns the URL of a function. The subscriptions of a function without a URL are not made. */
  readonly urlOf: (name: FunctionName) => string | undefined;
}

/** How long one call may take, in milliseconds. */
const timeoutMs = 20_000;

/** Makes the topics that do not exist. */
export async function makeTopics(pubsub: PubSub): Promise<void> {
  const calls = new Calls(timeoutMs);
  await Promise.all(
    topicNames.map((name) => calls.run(`making the topic ${name}`, () => createIfAbsent(pubsub.createTopic(name)))),
  );
}

/**
 * Makes the push subscriptions. An emulator that was used before has them already: they get the new URLs of the
 * functions.
 */
export async function makeSubscriptions(options: ResourcesOptions): Promise<void> {
  const calls = new Calls(timeoutMs);
  await Promise.all(
    subscriptionNames.map(async (name) => {
      const metadata = metadataOf(name, options);
      if (!metadata) return;
      const { topic } = subscriptions[name];
      await calls.run(`making the subscription ${name}`, async () => {
        const isNew = await createIfAbsent(options.pubsub.createSubscription(topic, name, metadata));
        if (!isNew) await options.pubsub.subscription(name).modifyPushConfig(metadata.pushConfig);
      });
    }),
  );
}

/** Ends all pushing. An emulator that keeps running would otherwise push to ports where other programs may listen later. */
export async function endPushing(pubsub: PubSub): Promise<void> {
  const calls = new Calls(timeoutMs);
  await Promise.allSettled(
    subscriptionNames.map((name) =>
      calls.run(`ending ${name}`, () => pubsub.subscription(name).modifyPushConfig({ pushEndpoint: '' })),
    ),
  );
}

/**
 * Returns the settings of a subscription that pushes to `{function}/{topic}`. The path tells the function where a
 * message comes from.
 */
function metadataOf(name: SubscriptionName, { pubsub, urlOf }: ResourcesOptions) {
  const { topic, function: target } = subscriptions[name];
  const url = urlOf(target);
  if (url === undefined) return undefined;
  return { ...subscriptionOptions(name, pubsub.projectId), pushConfig: { pushEndpoint: `${url}/${topic}` } };
}

/**
 * Returns the settings of a subscription in topology.json, without the backoff. Under any retry policy the emulator
 * (0.8.20) stops pushing a message that failed twice. Without one it pushes the message once a second until it is
 * acked.
 */
export function subscriptionOptions(name: SubscriptionName, projectId: string) {
  const { filter, ackDeadlineSeconds, maxDeliveryAttempts } = subscriptions[name];
  return {
    ackDeadlineSeconds,
    ...(filter !== undefined && { filter }),
    ...(maxDeliveryAttempts !== undefined && {
      deadLetterPolicy: { deadLetterTopic: `projects/${projectId}/topics/dead-letter-queue`, maxDeliveryAttempts },
    }),
  } satisfies CreateSubscriptionOptions;
}

/** Waits for a creation, which may fail because the resource exists. @returns Whether it was created now. */
async function createIfAbsent(make: Promise<unknown>): Promise<boolean> {
  try {
    await make;
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}
