import { once } from 'node:events';
import type { Message, PubSub, Subscription } from '@google-cloud/pubsub';
import { RetryableError } from '../../shared/errors.ts';
import { Calls } from '../../shared/gcp/calls.ts';
import { isDenied, isTaken } from '../../shared/gcp/status.ts';

/** How many requests are answered at a time. */
const atATime = 8;
/** How long nothing may come until it is said that nothing waits, in milliseconds: to connect takes a second or two. */
const quietMs = 5_000;
/** How long a call may take, in milliseconds. */
const timeoutMs = 20_000;

/** The requests of one stream, as a filter of Pub/Sub. */
export function filterOf(stream: string): string {
  return `attributes.phase = "resend" AND attributes.stream = "${stream}"`;
}

/**
 * Makes the subscription on which the requests of a stream wait for this producer, from now on; one of that name that is there
 * is used as it is. It never expires: requests may be months apart.
 */
export async function subscribe(pubsub: PubSub, name: string, stream: string): Promise<Subscription> {
  const settings = { filter: filterOf(stream), ackDeadlineSeconds: 60, expirationPolicy: {} };
  await new Calls(timeoutMs).run(`making the subscription ${name}`, async () => {
    try {
      await pubsub.createSubscription('reprocess-requests', name, settings);
    } catch (error) {
      // A producer that may only listen needs one that was made for it; where it is not there, listening says so.
      if (!isTaken(error) && !isDenied(error)) throw error;
    }
  });
  return pubsub.subscription(name, { flowControl: { maxMessages: atATime } });
}

export interface Reception {
  readonly subscription: Subscription;
  /** Acks by returning. By throwing it ends the reception: what cannot be answered now is for another time. */
  readonly handle: (message: Message) => Promise<void>;
  /** Ends when nothing has come for five seconds. */
  readonly once: boolean;
  /** Ends after this time. Undefined for never. */
  readonly forMs: number | undefined;
  readonly signal: AbortSignal;
}

/** Takes requests until it is to end; what was taken by then is finished. @throws What a handler throws, and what Pub/Sub says of the subscription. */
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
  // Sends the acks that wait to be sent.
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
