import type { FunctionInstance, PortsOf } from '../../shared/function-instance.ts';
import type { Delivery, Message } from '../../shared/messages/message.ts';
import { handleOwn } from '../own-messages.ts';

interface CleanEvent {
  readonly key: string;
  readonly supersedes: string | undefined;
  readonly event: Message;
}

/**
 * Keeps each clean event once, by its `idempotency_key`. What an event supersedes is replaced by a tombstone, whichever of the
 * two arrives first: a key only ever goes from nothing to the event to the tombstone. Acks once both are stored.
 */
export function makeStore({ portsUntil, log }: PortsOf<'events'>): FunctionInstance {
  const handler = handleOwn(log, decodeCleanEvent, async ({ key, supersedes, event }, { deadlineMs }) => {
    const { events } = portsUntil(deadlineMs);
    if (supersedes !== undefined) await events.bury(supersedes, key);
    await events.put(key, event);
  });
  return { handler };
}

/** @returns What is wrong with a message that track did not publish. */
function decodeCleanEvent({ data, attributes }: Delivery): CleanEvent | string {
  const { idempotency_key: key, supersedes } = attributes;
  return key === undefined ? 'it has no idempotency_key' : { key, supersedes, event: { data, attributes } };
}
