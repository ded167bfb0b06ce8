import { Duration, type Message as LibraryMessage, type PubSub } from '@google-cloud/pubsub';
import type { PulledMessage, PullListener, PullSource, PullStream } from '../pull-source.ts';
import { Calls } from './calls.ts';

export interface StreamingPullDeps {
  readonly pubsub: PubSub;
  /** The name of the subscription in topology.json. */
  readonly name: string;
  /** The maximum number of messages that are handled at the same time. */
  readonly maxMessages: number;
  /** The maximum number of bytes of messages that are handled at the same time. */
  readonly maxBytes: number;
  readonly maxStreams: number;
  /** How long the library keeps a message from being delivered again while it is handled, in milliseconds. */
  readonly maxLeaseMs: number;
}

/**
 * The time in which acks are gathered into one call, in milliseconds. A message counts as being handled until its ack
 * is sent. So with the library's 100 ms, 100 messages at a time would be at most 1,000 messages a second.
 */
const gatherAcksMs = 10;
/** The maximum time to send the acks and nacks that wait when a stream is closed, in milliseconds. */
const maxCloseMs = 1_500;
/** The maximum time of a look for messages, in milliseconds. */
const maxLookMs = 20_000;

/** Pulls a subscription by StreamingPull. */
export class StreamingPull implements PullSource {
  private readonly deps: StreamingPullDeps;
  private readonly calls = new Calls(maxLookMs);

  constructor(deps: StreamingPullDeps) {
    this.deps = deps;
  }

  open({ onMessage, onEnd }: PullListener): PullStream {
    const { pubsub, name, maxMessages, maxBytes, maxStreams, maxLeaseMs } = this.deps;
    const subscription = pubsub.subscription(name, {
      batching: { maxMilliseconds: gatherAcksMs },
      // Without `allowExcessMessages: false` the library hands on what the streams bring beyond the limits.
      flowControl: { maxMessages, maxBytes, allowExcessMessages: false },
      streamingOptions: { maxStreams },
      // The library's default is an hour, during which a message whose handler hangs is not delivered again.
      maxExtensionTime: Duration.from({ milliseconds: maxLeaseMs }),
      closeOptions: { timeout: Duration.from({ milliseconds: maxCloseMs }) },
    });
    let lastError: unknown;
    let isClosing = false;
    subscription.on('error', (error: unknown) => {
      lastError = error;
    });
    subscription.on('close', () => {
      if (!isClosing) onEnd(lastError);
    });
    subscription.on('message', (message) => {
      onMessage(pulled(message));
    });
    return {
      close: async () => {
        isClosing = true;
        await subscription.close();
      },
    };
  }

  async holdsMessage(): Promise<boolean> {
    const { pubsub, name } = this.deps;
    // The client adds the prefix of the deployment, and the project.
    const { name: subscription } = pubsub.subscription(name);
    // Without `returnImmediately` the call waits for a message, and competes with streams that work.
    const reqOpts = { subscription, maxMessages: 1, returnImmediately: true };
    const { receivedMessages = [] } = await this.request<Received>('pull', reqOpts);
    const ackIds = receivedMessages.map(({ ackId }) => ackId);
    if (ackIds.length > 0) await this.request('modifyAckDeadline', { subscription, ackIds, ackDeadlineSeconds: 0 });
    return ackIds.length > 0;
  }

  /** Calls a method of the API that the library has no function for, on the connection of the streams. */
  private request<T>(method: string, reqOpts: object): Promise<T> {
    const { pubsub, name } = this.deps;
    return this.calls.run(
      `looking for messages of ${name}`,
      () =>
        new Promise<T>((resolve, reject) => {
          pubsub.request<T>({ client: 'SubscriberClient', method, reqOpts, gaxOpts: {} }, (error, response) => {
            if (error) reject(error);
            else resolve(response as T);
          });
        }),
    );
  }
}

interface Received {
  readonly receivedMessages?: readonly { readonly ackId: string }[];
}

function pulled(message: LibraryMessage): PulledMessage {
  const { id, data, attributes, orderingKey, publishTime, received } = message;
  return {
    messageId: id,
    data,
    attributes,
    ...(orderingKey && { orderingKey }),
    publishedAtMs: publishTime.getTime(),
    arrivedAtMs: received,
    ack: () => {
      message.ack();
    },
    nack: () => {
      message.nack();
    },
  };
}
