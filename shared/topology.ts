import topology from './topology.json' with { type: 'json' };

/** The topics, subscriptions and who publishes where: written once, in topology.json, for code, local runners and Terraform. */
export type TopicName = keyof typeof topology.topics;
export type SubscriptionName = keyof typeof topology.subscriptions;
export type FunctionName = keyof typeof topology.functions;

export interface Subscription {
  readonly topic: TopicName;
  readonly function: FunctionName;
  /** One clause on an attribute, in Pub/Sub's filter language: see {@link matchesFilter}. */
  readonly filter?: string;
  readonly ackDeadlineSeconds: number;
  readonly backoffSeconds: { readonly min: number; readonly max: number };
  /** Beyond it Pub/Sub moves the message to the dead-letter queue; without it, it retries until retention ends. */
  readonly maxDeliveryAttempts?: number;
}

/** How long topics and subscriptions keep a message, in milliseconds. */
export const retentionMs = topology.retentionDays * 24 * 3_600_000;

/** How many requests one instance of a function serves at a time. */
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

/** How long before its ack deadline a delivery is answered, in milliseconds, so that the answer reaches Pub/Sub in time. */
const answerMarginMs = 5_000;

/**
 * Returns how long a delivery may take until it is answered, in milliseconds, when any of these subscriptions may have made it:
 * the shortest ack deadline decides. Infinity when there is no subscription.
 */
export function maxDeliveryMs(names: readonly SubscriptionName[]): number {
  return Math.min(...names.map((name) => subscriptions[name].ackDeadlineSeconds * 1_000 - answerMarginMs));
}

/** The subscriptions that deliver to a function. */
export function subscriptionsOf(name: FunctionName): readonly SubscriptionName[] {
  return subscriptionNames.filter((subscription) => subscriptions[subscription].function === name);
}
