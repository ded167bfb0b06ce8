import type { PubSub, PublishOptions, Topic } from '@google-cloud/pubsub';
import type { Message } from '../messages/message.ts';
import type { Publisher } from '../ports.ts';
import { sourceOfTopic } from '../sources/source-topic.ts';
import type { SourceTopic, TopicName } from '../topology.ts';
import { Calls } from './calls.ts';
import { isRefusal } from './status.ts';

export interface PubSubPublisherDeps {
  readonly pubsub: PubSub;
  /** The maximum time of a publish, including the library's retries, in milliseconds. */
  readonly timeoutMs: number;
}

type PublishedTopic = TopicName | SourceTopic;

/** The time in which messages are gathered into one batch, in milliseconds. */
const gatherMs = 5;

/** Publishes on Pub/Sub, in batches. */
export class PubSubPublisher implements Publisher {
  private readonly pubsub: PubSub;
  private readonly calls: Calls;
  private readonly gaxOpts: { readonly timeout: number };
  private readonly together = new Map<PublishedTopic, Topic>();
  private readonly alone = new Map<PublishedTopic, Topic>();

  constructor({ pubsub, timeoutMs }: PubSubPublisherDeps) {
    this.pubsub = pubsub;
    this.calls = new Calls(timeoutMs);
    // The library retries a publish until this timeout.
    this.gaxOpts = { timeout: timeoutMs };
  }

  /** Returns the publisher for one delivery. Its calls end by a deadline, in milliseconds since 1970. */
  until(deadlineMs: number): Publisher {
    const calls = this.calls.until(deadlineMs);
    return { publish: (topic, message) => this.publishBy(calls, topic, message) };
  }

  publish(topic: PublishedTopic, message: Message): Promise<void> {
    return this.publishBy(this.calls, topic, message);
  }

  private async publishBy(calls: Calls, topic: PublishedTopic, message: Message): Promise<void> {
    const { data, attributes, orderingKey } = message;
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const written = { data: bytes, attributes: wellFormed(attributes), ...(orderingKey && { orderingKey }) };
    await calls.run(`publishing on ${topic}`, async () => {
      try {
        await publishOn(this.batched(topic), written);
      } catch (error) {
        // If Pub/Sub refuses one message, the whole batch fails. Published alone, the other messages succeed.
        if (!isRefusal(error)) throw error;
        await publishOn(this.unbatched(topic), written);
      }
    });
  }

  /** Resolves when nothing waits to be published. */
  async flush(): Promise<void> {
    await Promise.all([...this.together.values()].map((topic) => topic.flush()));
    await this.calls.idle();
  }

  private batched(name: PublishedTopic): Topic {
    return this.topic(this.together, name, { batching: { maxMilliseconds: gatherMs } });
  }

  private unbatched(name: PublishedTopic): Topic {
    return this.topic(this.alone, name, { batching: { maxMessages: 1 } });
  }

  /** Returns the library's topic object. Each one has its own batch, so it is made once. */
  private topic(known: Map<PublishedTopic, Topic>, name: PublishedTopic, options: PublishOptions): Topic {
    const topic =
      known.get(name) ?? this.pubsub.topic(sourceOfTopic(name) ?? name, { ...options, gaxOpts: this.gaxOpts });
    known.set(name, topic);
    return topic;
  }
}

interface WrittenMessage {
  readonly data: Buffer;
  readonly attributes: Record<string, string>;
  readonly orderingKey?: string;
}

/**
 * Publishes a message. After an error, the library refuses every further message with the same ordering key until
 * publishing is resumed. Here the order is not kept, so it is resumed at once.
 */
async function publishOn(topic: Topic, message: WrittenMessage): Promise<void> {
  try {
    await topic.publishMessage(message);
  } catch (error) {
    if (message.orderingKey !== undefined) topic.resumePublishing(message.orderingKey);
    throw error;
  }
}

/** Half a surrogate pair. JSON can spell it, but UTF-8 cannot, and Pub/Sub refuses the whole batch. */
const loneSurrogate = /\p{Surrogate}/gu;

function wellFormed(attributes: Message['attributes']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, value.replace(loneSurrogate, '\ufffd')]),
  );
}
