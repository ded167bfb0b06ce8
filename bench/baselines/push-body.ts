import type { PubSub } from '@google-cloud/pubsub';

/** A push as the framework parses it. */
export interface PushBody {
  readonly message: {
    readonly data: string;
    readonly messageId: string;
    readonly attributes?: Record<string, string>;
  };
}

/** Publishes the message of a push again, unchanged. */
export async function republish(topic: ReturnType<PubSub['topic']>, { message }: PushBody): Promise<void> {
  await topic.publishMessage({ data: Buffer.from(message.data, 'base64'), attributes: message.attributes ?? {} });
}
