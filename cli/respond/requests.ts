import { once } from 'node:events';
import type { Message, PubSub, Subscription } from '@google-cloud/pubsub';
import { RetryableError } from '../../shared/errors.ts';
import { Calls } from '../../shared/gcp/calls.ts';
import { isDenied, isTaken } from '../../shared/gcp/status.ts';

/** The most requests that are answered at once. */
const maxConcurrent = 8;
/** How long no request must have come for `once` to end, in milliseconds. To connect takes a second or two. */
const quietMs = 5_000;
/** How long a call may take, in milliseconds. */
const timeoutMs = 20_000;

/** Returns the Pub/Sub filter for the requests of one stream. */
export function filterOf(stream: string): string {
  return `attributes.phase = "resend" AND attributes.stream = "${stream}"`;
}

/**
 * Makes the subscription that collects the requests of a stream from now on. A subscription that exists under the name
 * is used as it is. It never expires, because requests may be months apart.
 */
export async function subscribe(pubsub: PubSub, name: string, stream: string): Promise<Subscription> {
  const settings = { filter: filterOf(stream), ackDeadlineSeconds: 60, expirationPolicy: {} };
  await new Calls(timeoutMs).run(`making the subscription ${name}`, async () => {
    try {
      await pubsub.createSubscription('reprocess-requests', name, settings);
    } catch (error) {
      // A producer that may only subscribe uses a subscription that was made for it. If that does not exist, receiving
      // fails and says so.
      if (!isTaken(error) && !isDenied(error)) throw error;
    }
  });
  return pubsub.subscription(name, { flowControl: { maxMessages: maxConcurrent } });
}

export interface Reception {
  readonly subscription: Subscription;
  /**
   * Handles a message. If it resolves, the message is acked. If it rejects, the message is nacked and the reception
   * ends.
   */
  readonly handle: (message: Message) => Promise<void>;
  /** Whether to end when no request has come for five seconds. */
  readonly once: boolean;
  /** How long to receive, in milliseconds. Undefined for no limit. */
  readonly forMs: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Receives requests until it is ended, and finishes those under way.
 *
 * @throws The error of a handler, or of the subscription.
 */
export async function receive({ subscription, handle, once: isOnce, forMs, signal }: Reception): Promise<void> {
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  const underway = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const fail = (error: unknown): void => {
    failures.push(error);
    end();
  };
  let quiet = isOnce ? setTimeout(end, quietMs) : undefined;
  subscription.on('error', (error) => {
    fail(new RetryableError('receiving requests failed', { cause: error }));
  });
  subscription.on('message', (message) => {
    if (ending.signal.aborted) {
      message.nack();
      return;
    }
    clearTimeout(quiet);
    const handled = settle(message, handle)
      .catch(fail)
      .finally(() => {
        underway.delete(handled);
        if (isOnce && underway.size === 0) quiet = setTimeout(end, quietMs);
      });
    underway.add(handled);
  });
  const timer = forMs === undefined ? undefined : setTimeout(end, forMs);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  if (!ending.signal.aborted) await once(ending.signal, 'abort');
  await Promise.all(underway);
  for (const timeout of [quiet, timer]) clearTimeout(timeout);
  // Also sends the acks that still wait.
  await subscription.close();
  if (failures.length > 0) throw failures[0];
}

async function settle(message: Message, handle: Reception['handle']): Promise<void> {
  try {
    await handle(message);
    message.ack();
  } catch (error) {
    message.nack();
    throw error;
  }
}
