import type { CreateSubscriptionOptions, PubSub } from '@google-cloud/pubsub';
import { Calls } from '../../shared/gcp/calls.ts';
import { isTaken } from '../../shared/gcp/status.ts';
import { sourceSubscription, subscriptionOfSource, topicOfSource } from '../../shared/sources/source-topic.ts';
import {
  subscriptionNames,
  subscriptions,
  topicNames,
  type FunctionName,
  type Subscription,
  type SubscriptionName,
} from '../../shared/topology.ts';

export interface ResourcesOptions {
  readonly pubsub: PubSub;
  /** The names of the sources besides `events`. */
  readonly sources: readonly string[];
  /** Returns the URL of a function that is pushed to, or 'pull'. Other subscriptions are not made. */
  readonly consumerOf: (name: FunctionName) => string | undefined;
}

/** How long one call may take, in milliseconds. */
const timeoutMs = 20_000;

/** Makes the topics that do not exist: those of topology.json, and one for each source. */
export async function makeTopics(pubsub: PubSub, sources: readonly string[] = []): Promise<void> {
  const calls = new Calls(timeoutMs);
  await Promise.all(
    [...topicNames, ...sources].map((name) =>
      calls.run(`making the topic ${name}`, () => createIfAbsent(pubsub.createTopic(name))),
    ),
  );
}

/** Returns the names of the subscriptions of functions. @param sources The names of the sources besides `events`. */
export function subscriptionNamesOf(functions: readonly FunctionName[], sources: readonly string[]): readonly string[] {
  return subscriptionsWith(sources)
    .filter((one) => functions.includes(one.function))
    .map(({ name }) => name);
}

/**
 * Makes subscriptions. An emulator that was used before has them already: they get the new URLs of the functions, or
 * none if they are pulled.
 */
export async function makeSubscriptions(options: ResourcesOptions): Promise<void> {
  const calls = new Calls(timeoutMs);
  await Promise.all(
    subscriptionsWith(options.sources).map(async ({ name, topic, ...settings }) => {
      const metadata = metadataOf(settings, options);
      if (!metadata) return;
      await calls.run(`making the subscription ${name}`, async () => {
        const isNew = await createIfAbsent(options.pubsub.createSubscription(topic, name, metadata));
        if (!isNew) await options.pubsub.subscription(name).modifyPushConfig(metadata.pushConfig);
      });
    }),
  );
}

/** Ends all pushing. An emulator that keeps running would otherwise push to ports where other programs may listen later. */
export async function endPushing(pubsub: PubSub, sources: readonly string[] = []): Promise<void> {
  const calls = new Calls(timeoutMs);
  await Promise.allSettled(
    subscriptionsWith(sources).map(({ name }) =>
      calls.run(`ending ${name}`, () => pubsub.subscription(name).modifyPushConfig({ pushEndpoint: '' })),
    ),
  );
}

/** A subscription to make. */
interface NamedSubscription extends Omit<Subscription, 'topic'> {
  readonly name: string;
  /** The topic's name in Pub/Sub. */
  readonly topic: string;
  /** The topic's name in the path that is pushed to. */
  readonly path: string;
}

function subscriptionsWith(sources: readonly string[]): readonly NamedSubscription[] {
  return [
    ...subscriptionNames.map((name) => ({ ...subscriptions[name], name, path: subscriptions[name].topic })),
    ...sources.map((source) => ({
      ...sourceSubscription,
      name: subscriptionOfSource(source),
      topic: source,
      path: topicOfSource(source),
    })),
  ];
}

/**
 * Returns the settings of a subscription that pushes to `{function}/{topic}`, or is pulled. The path tells the function
 * where a message comes from.
 */
function metadataOf(subscription: Omit<NamedSubscription, 'name' | 'topic'>, { pubsub, consumerOf }: ResourcesOptions) {
  const consumer = consumerOf(subscription.function);
  if (consumer === undefined) return undefined;
  const options = optionsOf(subscription, pubsub.projectId);
  if (consumer === 'pull') return { ...options, pushConfig: { pushEndpoint: '' } };
  return { ...options, pushConfig: { pushEndpoint: `${consumer}/${subscription.path}` } };
}

/**
 * Returns the settings of a subscription in topology.json, without the backoff. Under any retry policy the emulator
 * (0.8.20) stops pushing a message that failed twice, and never delivers again what a killed worker had pulled. Without
 * one it pushes the message once a second until it is acked, and lets it be pulled again at once.
 */
export function subscriptionOptions(name: SubscriptionName, projectId: string) {
  return optionsOf(subscriptions[name], projectId);
}

function optionsOf(
  { filter, ackDeadlineSeconds, maxDeliveryAttempts }: Omit<Subscription, 'topic'>,
  projectId: string,
) {
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
