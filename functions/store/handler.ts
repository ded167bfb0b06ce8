import { InvariantError } from '../../shared/errors.ts';
import type { Handler } from '../../shared/message.ts';
import type { CleanEventStore, PortsUntil } from '../../shared/ports.ts';

export interface StoreDeps {
  readonly portsUntil: PortsUntil<{ readonly events: CleanEventStore }>;
}

/**
 * Keeps each clean event once, by its `idempotency_key`. What an event supersedes is replaced by a tombstone, whichever of the
 * two arrives first: a key only ever goes from nothing to the event to the tombstone. Acks once both are stored.
 */
export function makeStore({ portsUntil }: StoreDeps): Handler {
  return async ({ data, attributes, deadlineMs }) => {
    const { events } = portsUntil(deadlineMs);
    const { idempotency_key: key, supersedes } = attributes;
    if (key === undefined) throw new InvariantError('a message on cleaned-events lacks the attribute idempotency_key');
    if (supersedes !== undefined) await events.bury(supersedes, key);
    await events.put(key, { data, attributes });
  };
}
