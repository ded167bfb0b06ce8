import { matchesFilter } from '../messages/filter.ts';
import type { Delivery, Handler, Message } from '../messages/message.ts';
import type { Clock, Publisher } from '../ports.ts';
import { eventsSubscription, sourceSubscription, subscriptionOfSource } from '../sources/source-topic.ts';
import {
  concurrencyOf,
  maxDeliveryMs,
  subscriptions,
  type Subscription,
  type SubscriptionName,
  type SourceTopic,
  type TopicName,
} from '../topology.ts';

/** The settings of a subscription that is not in topology.json. */
const listenerSubscription = {
  backoffSeconds: { min: 10, max: 600 },
  concurrency: 1_000,
  maxDeliveryMs: Number.POSITIVE_INFINITY,
};

/** A message of a topic. It has no deadline, because each delivery has its own. */
export type PublishedMessage = Omit<Delivery, 'deadlineMs'>;

/**
 * Returns the delay of each copy of a message, in milliseconds. `[0]` delivers once, immediately. `[]` never delivers.
 */
export type DeliveryPlan = (message: PublishedMessage, subscription: string) => readonly number[];

export interface EmbeddedPubSubDeps {
  readonly clock: Clock;
  /**
   * By default each message is delivered once, immediately. A test or the simulator can deliver it twice, late, or out
   * of order.
   */
  readonly plan?: DeliveryPlan;
  /** Called with each error that a handler throws. */
  readonly onNack?: (subscription: string, error: unknown) => void;
  /**
   * Called with each message that goes to the dead-letter queue after its last attempt, and with the id that it has in
   * the queue.
   */
  readonly onGiveUp?: (message: Message, messageId: string) => void;
}

interface Attempt {
  readonly message: PublishedMessage;
  /** The number of the attempt, from 1. */
  readonly number: number;
}

/** A subscription with its handler, and the attempts that wait for the handler. */
interface Receiver {
  readonly name: string;
  readonly subscription: Pick<Subscription, 'filter' | 'backoffSeconds' | 'maxDeliveryAttempts'> & {
    readonly concurrency: number;
    /** The maximum duration of a delivery, in milliseconds. */
    readonly maxDeliveryMs: number;
  };
  readonly handler: Handler;
  queue: Attempt[];
  /** The index of the first attempt that still waits. `queue.shift()` would take longer for a longer queue. */
  head: number;
  inFlight: number;
}

/**
 * Pub/Sub in one process, with the semantics of the real one. Each subscription gets each message that passes its
 * filter, at least once. A nacked message comes again after a doubling backoff. After the allowed attempts it goes to
 * the dead-letter queue, with the attributes that Pub/Sub adds.
 */
export class EmbeddedPubSub implements Publisher {
  private readonly deps: EmbeddedPubSubDeps;
  private readonly receivers = new Map<string, Receiver[]>();
  private unsettled = 0;
  private readonly lastIds = new Map<TopicName | SourceTopic, number>();

  constructor(deps: EmbeddedPubSubDeps) {
    this.deps = deps;
  }

  /** Delivers the messages of a subscription of topology.json to a handler. */
  subscribe(name: SubscriptionName, handler: Handler): void {
    const subscription = subscriptions[name];
    this.listen(subscription.topic, name, handler, {
      ...subscription,
      concurrency: concurrencyOf(subscription.function),
      maxDeliveryMs: maxDeliveryMs([name]),
    });
  }

  /** Delivers the messages of a source besides `events` to a handler. */
  subscribeToSource(name: string, handler: Handler): void {
    this.listen(`sources/${name}`, subscriptionOfSource(name), handler, {
      ...sourceSubscription,
      concurrency: concurrencyOf(sourceSubscription.function),
      maxDeliveryMs: maxDeliveryMs([eventsSubscription]),
    });
  }

  /** Delivers the messages of a topic to a handler, by a new subscription of the given name. */
  listen(
    topic: TopicName | SourceTopic,
    name: string,
    handler: Handler,
    subscription: Receiver['subscription'] = listenerSubscription,
  ): void {
    const receiver: Receiver = { name, subscription, handler, queue: [], head: 0, inFlight: 0 };
    this.receivers.set(topic, [...(this.receivers.get(topic) ?? []), receiver]);
  }

  /** @param messageId The id of a message that was published before, elsewhere. Without it, the message gets a new one. */
  async publish(
    topic: TopicName | SourceTopic,
    { data, attributes, orderingKey }: Message,
    messageId = this.nextId(topic),
  ): Promise<void> {
    const publishedAtMs = this.deps.clock.now();
    const key = orderingKey === undefined ? undefined : { orderingKey };
    const message: PublishedMessage = { data, attributes, topic, messageId, publishedAtMs, ...key };
    for (const receiver of this.receivers.get(topic) ?? []) this.enqueue(receiver, message);
    return Promise.resolve();
  }

  /** Returns the number of deliveries that are neither acked nor moved to the dead-letter queue. */
  pending(): number {
    return this.unsettled;
  }

  private nextId(topic: TopicName | SourceTopic): string {
    const id = (this.lastIds.get(topic) ?? 0) + 1;
    this.lastIds.set(topic, id);
    return String(id);
  }

  private enqueue(receiver: Receiver, message: PublishedMessage): void {
    if (!matchesFilter(receiver.subscription.filter, message.attributes)) return;
    const delays = this.deps.plan?.(message, receiver.name) ?? [0];
    for (const delayMs of delays) {
      this.unsettled++;
      this.queueAfter(receiver, delayMs, { message, number: 1 });
    }
  }

  private queueAfter(receiver: Receiver, delayMs: number, attempt: Attempt): void {
    if (delayMs > 0) {
      this.deps.clock.schedule(delayMs, () => {
        this.queueAfter(receiver, 0, attempt);
      });
      return;
    }
    receiver.queue.push(attempt);
    this.pump(receiver);
  }

  private pump(receiver: Receiver): void {
    while (receiver.inFlight < receiver.subscription.concurrency && receiver.head < receiver.queue.length) {
      const attempt = receiver.queue[receiver.head++];
      if (attempt) void this.deliver(receiver, attempt);
    }
    if (receiver.head === receiver.queue.length || receiver.head > 10_000) {
      receiver.queue = receiver.queue.slice(receiver.head);
      receiver.head = 0;
    }
  }

  private async deliver(receiver: Receiver, attempt: Attempt): Promise<void> {
    receiver.inFlight++;
    try {
      // A handler never runs inside the publish of its message.
      await Promise.resolve();
      const deadlineMs = this.deps.clock.now() + receiver.subscription.maxDeliveryMs;
      await receiver.handler({ ...attempt.message, deadlineMs });
      this.unsettled--;
    } catch (error) {
      this.deps.onNack?.(receiver.name, error);
      this.deliverAgain(receiver, attempt);
    } finally {
      receiver.inFlight--;
      this.pump(receiver);
    }
  }

  private deliverAgain(receiver: Receiver, { message, number }: Attempt): void {
    const { backoffSeconds, maxDeliveryAttempts } = receiver.subscription;
    if (maxDeliveryAttempts !== undefined && number >= maxDeliveryAttempts) {
      this.unsettled--;
      const letter = givenUp(message, receiver.name, number);
      void this.publish('dead-letter-queue', letter);
      this.deps.onGiveUp?.(letter, String(this.lastIds.get('dead-letter-queue')));
      return;
    }
    const delaySeconds = Math.min(backoffSeconds.max, backoffSeconds.min * 2 ** (number - 1));
    this.queueAfter(receiver, delaySeconds * 1_000, { message, number: number + 1 });
  }
}

/** Returns a message with the attributes that Pub/Sub adds when it moves the message to a dead-letter topic. */
function givenUp(
  { data, attributes, publishedAtMs }: PublishedMessage,
  subscription: string,
  deliveries: number,
): Message {
  return {
    data,
    attributes: {
      ...attributes,
      CloudPubSubDeadLetterSourceSubscription: subscription,
      CloudPubSubDeadLetterSourceSubscriptionProject: 'embedded',
      CloudPubSubDeadLetterSourceDeliveryCount: String(deliveries),
      CloudPubSubDeadLetterSourceTopicPublishTime: new Date(publishedAtMs).toISOString(),
    },
  };
}
