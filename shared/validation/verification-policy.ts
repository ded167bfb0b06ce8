import type { TypeDefinition } from '../stream-settings.ts';
import { shortDigest } from '../digest.ts';
import type { Origin } from '../messages/attributes.ts';

/** The facts that decide whether an event must be checked before it is published. */
export interface Consulted {
  readonly origin: Origin;
  /** The `valid` member of the event. */
  readonly valid: boolean;
  readonly key: string;
}

/**
 * Whether an event must be checked. An event of a producer or of an operator's replay is checked if it is marked as
 * invalid, or if the catalog wants its type checked. A share is sampled by the key, so that all copies are treated
 * alike.
 */
export function isToBeChecked({ origin, valid, key }: Consulted, type: TypeDefinition | undefined): boolean {
  if (origin !== 'producer' && origin !== 'replayed') return false;
  const consult = type?.consult ?? 'invalid';
  if (!valid || consult === 'always') return true;
  return typeof consult === 'object' && shortDigest(key) / 2 ** 32 < consult.share;
}
