import { matchesFilter } from '../messages/filter.ts';
import type { Delivery, Handler, Message } from '../messages/message.ts';
import type { Clock, Publisher } from '../ports.ts';
import {
  concurrencyOf,
  maxDeliveryMs,
  subscriptions,
  type Subscription,
  type SubscriptionName,
  type TopicName,
} from '../topology.ts';

/** The subscription of a listener that topology.json does not name. */
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
  /** Called with each message that goes to the dead-letter queue after its last attempt, and with its id there. */
  readonly onGiveUp?: (message: Message, messageId: string) => void;
}

interface Attempt {
  readonly message: PublishedMessage;
  /** 1 for the first. */
  readonly number: number;
}

interface Line {
  readonly name: string;
  readonly subscription: Pick<Subscription, 'filter' | 'backoffSeconds' | 'maxDeliveryAttempts'> & {
    readonly concurrency: number;
    /** The maximum duration of a delivery, in milliseconds. */
    readonly maxDeliveryMs: number;
  };
  readonly handler: Handler;
  queue: Attempt[];
  /** The index of the first attempt that was not delivered. `shift` would cost time in proportion to the queue. */
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
  private readonly lines = new Map<string, Line[]>();
  private unsettled = 0;
  private readonly lastIds = new Map<TopicName, number>();

  constructor(deps: EmbeddedPubSubDeps) {
    this.deps = deps;
  }

  /** Delivers a subscription of topology.json to a handler. */
  subscribe(name: SubscriptionName, handler: Handler): void {
    const subscription = subscriptions[name];
    this.listen(subscription.topic, name, handler, {
      ...subscription,
      concurrency: concurrencyOf(subscription.function),
      maxDeliveryMs: maxDeliveryMs([name]),
    });
  }

  /** Delivers a topic to a handler, by a subscription of the given name. */
  listen(
    topic: TopicName,
    name: string,
    handler: Handler,
    subscription: Line['subscription'] = listenerSubscription,
  ): void {
    const line: Line = { name, subscription, handler, queue: [], head: 0, inFlight: 0 };
    this.lines.set(topic, [...(this.lines.get(topic) ?? []), line]);
  }

  async publish(topic: TopicName, { data, attributes }: Message): Promise<void> {
    const id = (this.lastIds.get(topic) ?? 0) + 1;
    this.lastIds.set(topic, id);
    const publishedAtMs = this.deps.clock.now();
    const message: PublishedMessage = { data, attributes, topic, messageId: String(id), publishedAtMs };
    for (const line of this.lines.get(topic) ?? []) this.enqueue(line, message);
    return Promise.resolve();
  }

  /** Returns the number of deliveries that are neither acked nor moved to the dead-letter queue. */
  pending(): number {
    return this.unsettled;
  }

  private enqueue(line: Line, message: PublishedMessage): void {
    if (!matchesFilter(line.subscription.filter, message.attributes)) return;
    const delays = this.deps.plan?.(message, line.name) ?? [0];
    for (const delayMs of delays) {
      this.unsettled++;
      this.queueIn(line, delayMs, { message, number: 1 });
    }
  }

  private queueIn(line: Line, delayMs: number, attempt: Attempt): void {
    if (delayMs > 0) {
      this.deps.clock.schedule(delayMs, () => {
        this.queueIn(line, 0, attempt);
      });
      return;
    }
    line.queue.push(attempt);
    this.pump(line);
  }

  private pump(line: Line): void {
    while (line.inFlight < line.subscription.concurrency && line.head < line.queue.length) {
      const attempt = line.queue[line.head++];
      if (attempt) void this.deliver(line, attempt);
    }
    if (line.head === line.queue.length || line.head > 10_000) {
      line.queue = line.queue.slice(line.head);
      line.head = 0;
    }
  }

  private async deliver(line: Line, attempt: Attempt): Promise<void> {
    line.inFlight++;
    try {
      // A handler never runs inside the publish of its message.
      await Promise.resolve();
      const deadlineMs = this.deps.clock.now() + line.subscription.maxDeliveryMs;
      await line.handler({ ...attempt.message, deadlineMs });
      this.unsettled--;
    } catch (error) {
      this.deps.onNack?.(line.name, error);
      this.deliverAgain(line, attempt);
    } finally {
      line.inFlight--;
      this.pump(line);
    }
  }

  private deliverAgain(line: Line, { message, number }: Attempt): void {
    const { backoffSeconds, maxDeliveryAttempts } = line.subscription;
    if (maxDeliveryAttempts !== undefined && number >= maxDeliveryAttempts) {
      this.unsettled--;
      const letter = givenUp(message, line.name, number);
      void this.publish('dead-letter-queue', letter);
      this.deps.onGiveUp?.(letter, String(this.lastIds.get('dead-letter-queue')));
      return;
    }
    const delaySeconds = Math.min(backoffSeconds.max, backoffSeconds.min * 2 ** (number - 1));
    this.queueIn(line, delaySeconds * 1_000, { message, number: number + 1 });
  }
}

/** Writes a message as Pub/Sub moves it to a dead-letter topic. */
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
