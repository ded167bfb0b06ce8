import type { Message, PubSub } from '@google-cloud/pubsub';
import { CommandError } from '../command.ts';
import { reasonOf } from '../reason.ts';
import type { EventSample } from './recognise-format.ts';

/** The most messages that are read, and how long to wait for more of them, in milliseconds. */
const maxMessages = 200;
const quietMs = 3_000;

/**
 * Reads messages of a subscription without acking them. They are nacked at the end, so that Pub/Sub delivers them again
 * at once. It counts each as an attempt to deliver.
 *
 * @throws CommandError if the subscription cannot be read.
 */
export async function peekAt(pubsub: PubSub, name: string, signal: AbortSignal): Promise<readonly EventSample[]> {
  const subscription = pubsub.subscription(name, { flowControl: { maxMessages, allowExcessMessages: false } });
  const held: Message[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      // To connect takes a second or two.
      let timer = setTimeout(resolve, 3 * quietMs);
      signal.addEventListener('abort', () => {
        resolve();
      });
      subscription.on('error', (error) => {
        reject(new CommandError(`cannot read from the subscription ${name}: ${whyNot(error)}`, { cause: error }));
      });
      subscription.on('message', (message: Message) => {
        held.push(message);
        clearTimeout(timer);
        if (held.length >= maxMessages) resolve();
        else timer = setTimeout(resolve, quietMs);
      });
    });
  } finally {
    for (const message of held) message.nack();
    await subscription.close();
  }
  signal.throwIfAborted();
  return held.map(({ data, attributes }) => ({ data, attributes }));
}

/** gRPC's code for a subscription that pushes its messages, and so has none to pull. */
const failedPrecondition = 9;

function whyNot(error: Error & { readonly code?: unknown }): string {
  return error.code === failedPrecondition
    ? 'it pushes its messages to an endpoint; make a pull subscription to the same topic'
    : reasonOf(error);
}
