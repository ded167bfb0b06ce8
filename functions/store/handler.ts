import { defaultStream } from '../../shared/event.ts';
import type { FunctionInstance, PortsOf } from '../../shared/function-instance.ts';
import type { Delivery, Message } from '../../shared/messages/message.ts';
import { handleOwn } from '../own-messages.ts';

interface CleanEvent {
  readonly key: string;
  readonly supersedes: string | undefined;
  readonly event: Message;
}

/**
 * Stores each clean event once, by its `idempotency_key`. A superseded event is replaced by a tombstone, in whatever
 * order the two events arrive. A key goes from empty to event to tombstone, and never back. Acks when both are stored.
 */
export function makeStore({ portsUntil, log, catalog, clock }: PortsOf<'events'>): FunctionInstance {
  const handler = handleOwn(log, decodeCleanEvent, async ({ key, supersedes, event }, { deadlineMs }) => {
    const { events } = portsUntil(deadlineMs);
    const { storedMs } = catalog.stream(event.attributes.stream ?? defaultStream);
    const expireAtMs = storedMs === undefined ? undefined : clock.now() + storedMs;
    if (supersedes !== undefined) await events.bury(supersedes, key, expireAtMs);
    await events.put(key, event, expireAtMs);
  });
  return { handler };
}

/** @returns The problem, if track did not publish the message. */
function decodeCleanEvent({ data, attributes }: Delivery): CleanEvent | string {
  const { idempotency_key: key, supersedes } = attributes;
  return key === undefined ? 'it has no idempotency_key' : { key, supersedes, event: { data, attributes } };
}
