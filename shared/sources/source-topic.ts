import {
  maxDeliveryMs,
  subscriptionNames,
  subscriptions,
  type FunctionName,
  type SourceTopic,
  type Subscription,
  type TopicName,
} from '../topology.ts';
import { eventsName } from './source.ts';

const topicPrefix = 'sources/';
/** The subscription to `events`. */
export const eventsSubscription = 'validate-events';
const subscriptionPrefix = 'validate-source-';

/** The settings of a source's subscription: those of the subscription to `events`. */
export const sourceSubscription: Omit<Subscription, 'topic'> = subscriptions[eventsSubscription];

/** Returns the topic of a source. */
export function topicOfSource(name: string): typeof eventsName | SourceTopic {
  return name === eventsName ? eventsName : `${topicPrefix}${name}`;
}

/** Returns the source of a topic. Undefined for a topic that producers do not publish to. */
export function sourceOfTopic(topic: string): string | undefined {
  if (topic === eventsName) return eventsName;
  return topic.startsWith(topicPrefix) ? topic.slice(topicPrefix.length) : undefined;
}

/** Returns the subscription of validate to a source. */
export function subscriptionOfSource(name: string): string {
  return name === eventsName ? eventsSubscription : `${subscriptionPrefix}${name}`;
}

/** Returns the source of a subscription. Undefined for a subscription that is not to a source. */
export function sourceOfSubscription(subscription: string): string | undefined {
  if (subscription === eventsSubscription) return eventsName;
  return subscription.startsWith(subscriptionPrefix) ? subscription.slice(subscriptionPrefix.length) : undefined;
}

/** A subscription of topology.json or of a source, by what a function needs to know of it. */
export interface NamedSubscription {
  readonly name: string;
  readonly topic: TopicName | SourceTopic;
  readonly function: FunctionName;
  readonly filter: string | undefined;
  readonly ackDeadlineMs: number;
  /** The maximum duration of a delivery, in milliseconds. */
  readonly maxDeliveryMs: number;
}

/** Finds a subscription by its name. */
export function findSubscription(name: string): NamedSubscription | undefined {
  const known = subscriptionNames.find((one) => one === name);
  const source = sourceOfSubscription(name);
  if (known === undefined && (source === undefined || source === '')) return undefined;
  const { topic, function: target, filter, ackDeadlineSeconds } = subscriptions[known ?? eventsSubscription];
  return {
    name,
    topic: known === undefined ? topicOfSource(source ?? '') : topic,
    function: target,
    filter,
    ackDeadlineMs: ackDeadlineSeconds * 1_000,
    maxDeliveryMs: maxDeliveryMs([known ?? eventsSubscription]),
  };
}
