import topology from './topology.json' with { type: 'json' };

/**
 * The names of topics. topology.json defines topics, subscriptions and publishers for code, local runners and
 * Terraform.
 */
export type TopicName = keyof typeof topology.topics;
/**
 * The topic of a source besides `events`, as push paths, roots and the embedded runtime name it. In Pub/Sub the topic
 * has the name of the source, or any other (terraform/variables-traffic.tf).
 */
export type SourceTopic = `sources/${string}`;
export type SubscriptionName = keyof typeof topology.subscriptions;
export type FunctionName = keyof typeof topology.functions;

export interface Subscription {
  readonly topic: TopicName;
  readonly function: FunctionName;
  /** One clause on an attribute, in Pub/Sub's filter language: see {@link matchesFilter}. */
  readonly filter?: string;
  readonly ackDeadlineSeconds: number;
  readonly backoffSeconds: { readonly min: number; readonly max: number };
  /**
   * After this number of attempts Pub/Sub moves the message to the dead-letter queue. If absent, Pub/Sub retries until
   * retention ends.
   */
  readonly maxDeliveryAttempts?: number;
}

/** How long topics and subscriptions keep a message, in milliseconds. */
export const retentionMs = topology.retentionDays * 24 * 3_600_000;

/** Returns the maximum number of concurrent requests of an instance. */
export function concurrencyOf(name: FunctionName): number {
  return topology.functions[name].concurrency;
}

/** Whether a pipeline may be deployed without a function. */
export function isOptional(name: FunctionName): boolean {
  return 'isOptional' in topology.functions[name];
}

export const functionNames = Object.keys(topology.functions) as readonly FunctionName[];
export const topicNames = Object.keys(topology.topics) as readonly TopicName[];
export const subscriptions = topology.subscriptions as unknown as Readonly<Record<SubscriptionName, Subscription>>;
export const subscriptionNames = Object.keys(topology.subscriptions) as readonly SubscriptionName[];

/**
 * The time between the deadline of a delivery and its ack deadline, in milliseconds, so that the answer reaches Pub/Sub
 * in time.
 */
const answerMarginMs = 5_000;

/**
 * Returns the maximum duration of a delivery from any of these subscriptions, in milliseconds. It follows from the
 * shortest ack deadline. Infinity if there is no subscription.
 */
export function maxDeliveryMs(names: readonly SubscriptionName[]): number {
  return Math.min(...names.map((name) => subscriptions[name].ackDeadlineSeconds * 1_000 - answerMarginMs));
}

/** Returns the subscriptions that deliver to a function. */
export function subscriptionsOf(name: FunctionName): readonly SubscriptionName[] {
  return subscriptionNames.filter((subscription) => subscriptions[subscription].function === name);
}
