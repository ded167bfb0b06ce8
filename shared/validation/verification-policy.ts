import type { TypeDefinition } from '../stream-settings.ts';
import { shortDigest } from '../digest.ts';
import type { Origin } from '../messages/attributes.ts';

/** What decides whether a system of record is to be asked about an event before it is published. */
export interface Consulted {
  readonly origin: Origin;
  /** What the event says of itself. */
  readonly valid: boolean;
  readonly key: string;
}

/**
 * Tells whether an event is to be checked: when it comes from a producer, or from an operator's replay, and is said to be
 * invalid, or the catalog wants events of its type checked. A share is drawn by the key, so that every copy is treated alike.
 */
export function isToBeChecked({ origin, valid, key }: Consulted, type: TypeDefinition | undefined): boolean {
  if (origin !== 'producer' && origin !== 'replayed') return false;
  const consult = type?.consult ?? 'invalid';
  if (!valid || consult === 'always') return true;
  return typeof consult === 'object' && shortDigest(key) / 2 ** 32 < consult.share;
}
