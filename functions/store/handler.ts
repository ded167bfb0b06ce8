import type { Delivery, Handler, Message } from '../../shared/messages/message.ts';
import type { CleanEventStore, Log, PortsUntil } from '../../shared/ports.ts';
import { handleOwn } from '../own-messages.ts';

export interface StoreDeps {
  readonly portsUntil: PortsUntil<{ readonly events: CleanEventStore }>;
  readonly log: Pick<Log, 'error'>;
}

interface CleanEvent {
  readonly key: string;
  readonly supersedes: string | undefined;
  readonly event: Message;
}

/**
 * Keeps each clean event once, by its `idempotency_key`. What an event supersedes is replaced by a tombstone, whichever of the
 * two arrives first: a key only ever goes from nothing to the event to the tombstone. Acks once both are stored.
 */
export function makeStore({ portsUntil, log }: StoreDeps): Handler {
  return handleOwn(log, decodeCleanEvent, async ({ key, supersedes, event }, { deadlineMs }) => {
    const { events } = portsUntil(deadlineMs);
    if (supersedes !== undefined) await events.bury(supersedes, key);
    await events.put(key, event);
  });
}

/** @returns What is wrong with a message that track did not publish. */
function decodeCleanEvent({ data, attributes }: Delivery): CleanEvent | string {
  const { idempotency_key: key, supersedes } = attributes;
  return key === undefined ? 'it has no idempotency_key' : { key, supersedes, event: { data, attributes } };
}
