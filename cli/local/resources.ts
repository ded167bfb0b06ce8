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
  /** Where a function is served; undefined: its subscriptions are not made. */
  readonly urlOf: (name: FunctionName) => string | undefined;
}

/** How long one call may take, in milliseconds. */
const timeoutMs = 20_000;

/** Makes the topics. */
export async function makeTopics(pubsub: PubSub): Promise<void> {
  const calls = new Calls(timeoutMs);
  await Promise.all(
    topicNames.map((name) => calls.run(`making the topic ${name}`, () => unlessTaken(pubsub.createTopic(name)))),
  );
}

/**
 * Makes the push subscriptions. Those that are there, since the emulator has been used before, are led to where the functions
 * are now.
 */
export async function makeSubscriptions(options: ResourcesOptions): Promise<void> {
  const calls = new Calls(timeoutMs);
  await Promise.all(
    subscriptionNames.map(async (name) => {
      const metadata = metadataOf(name, options);
      if (!metadata) return;
      const { topic } = subscriptions[name];
      await calls.run(`making the subscription ${name}`, async () => {
        const isNew = await unlessTaken(options.pubsub.createSubscription(topic, name, metadata));
        if (!isNew) await options.pubsub.subscription(name).modifyPushConfig(metadata.pushConfig);
      });
    }),
  );
}

/** Pushes no longer: an emulator that stays up would go on pushing to ports at which others may listen by then. */
export async function endPushing(pubsub: PubSub): Promise<void> {
  const calls = new Calls(timeoutMs);
  await Promise.allSettled(
    subscriptionNames.map((name) =>
      calls.run(`ending ${name}`, () => pubsub.subscription(name).modifyPushConfig({ pushEndpoint: '' })),
    ),
  );
}

/** Pushing to `{function}/{topic}`: the path says where a message comes from. */
function metadataOf(name: SubscriptionName, { pubsub, urlOf }: ResourcesOptions) {
  const { topic, function: target } = subscriptions[name];
  const url = urlOf(target);
  if (url === undefined) return undefined;
  return { ...subscriptionOptions(name, pubsub.projectId), pushConfig: { pushEndpoint: `${url}/${topic}` } };
}

/**
 * A subscription as topology.json has it, but for the backoff: under a retry policy, whatever it says, the emulator (0.8.20) never
 * again pushes a message that failed twice. Without one it pushes it once a second, until it is acked.
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

/** @returns Whether it was made, rather than there. */
async function unlessTaken(make: Promise<unknown>): Promise<boolean> {
  try {
    await make;
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}
