import type { PubSub, PublishOptions, Topic } from '@google-cloud/pubsub';
import type { Message } from '../messages/message.ts';
import type { Publisher } from '../ports.ts';
import type { TopicName } from '../topology.ts';
import { Calls } from './calls.ts';
import { isRefusal } from './status.ts';

export interface PubSubPublisherDeps {
  readonly pubsub: PubSub;
  /** How long a publish may take, with all that the library does to repeat it. */
  readonly timeoutMs: number;
}

/** How long messages wait for others to be published with, in milliseconds. */
const gatherMs = 5;

/** Publishes on Pub/Sub: messages that come together go out together. */
export class PubSubPublisher implements Publisher {
  private readonly pubsub: PubSub;
  private readonly calls: Calls;
  private readonly gaxOpts: { readonly timeout: number };
  private readonly together = new Map<TopicName, Topic>();
  private readonly alone = new Map<TopicName, Topic>();

  constructor({ pubsub, timeoutMs }: PubSubPublisherDeps) {
    this.pubsub = pubsub;
    this.calls = new Calls(timeoutMs);
    // The library repeats a publish for as long as that, and gives it up then.
    this.gaxOpts = { timeout: timeoutMs };
  }

  /** The same publisher for one delivery: its calls end by a deadline, in milliseconds since 1970. */
  until(deadlineMs: number): Publisher {
    const calls = this.calls.until(deadlineMs);
    return { publish: (topic, message) => this.publishBy(calls, topic, message) };
  }

  publish(topic: TopicName, message: Message): Promise<void> {
    return this.publishBy(this.calls, topic, message);
  }

  private async publishBy(calls: Calls, topic: TopicName, { data, attributes }: Message): Promise<void> {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const message = { data: bytes, attributes: wellFormed(attributes) };
    await calls.run(`publishing on ${topic}`, async () => {
      try {
        await this.batched(topic).publishMessage(message);
      } catch (error) {
        // One message that Pub/Sub refuses takes all of its batch with it: alone, the others get through.
        if (!isRefusal(error)) throw error;
        await this.unbatched(topic).publishMessage(message);
      }
    });
  }

  /** Resolves once nothing waits to be published. */
  async flush(): Promise<void> {
    await Promise.all([...this.together.values()].map((topic) => topic.flush()));
    await this.calls.idle();
  }

  private batched(name: TopicName): Topic {
    return this.topic(this.together, name, { batching: { maxMilliseconds: gatherMs } });
  }

  private unbatched(name: TopicName): Topic {
    return this.topic(this.alone, name, { batching: { maxMessages: 1 } });
  }

  /** A topic of the library's gathers messages of its own, so each is made once. */
  private topic(known: Map<TopicName, Topic>, name: TopicName, options: PublishOptions): Topic {
    const topic = known.get(name) ?? this.pubsub.topic(name, { ...options, gaxOpts: this.gaxOpts });
    known.set(name, topic);
    return topic;
  }
}

/** Half a surrogate pair, which JSON can spell and UTF-8 cannot: Pub/Sub refuses the whole batch for it. */
const loneSurrogate = /\p{Surrogate}/gu;

function wellFormed(attributes: Message['attributes']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, value.replace(loneSurrogate, '\ufffd')]),
  );
}
