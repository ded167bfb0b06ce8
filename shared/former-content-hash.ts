import { digestCanonical, type CanonicalDigest } from './canonical-json.ts';
import { digest, type Digest } from './digest.ts';
import type { Instant } from './instant.ts';
import { indexOf } from './json-index.ts';
import type { JsonObject } from './json.ts';

/*
 * The digest of releases whose blocks have format 2. It compared numbers by their text. Delete this file, and what calls
 * it, when such a release can have written no entry that is still remembered: `windowMs` after the upgrade.
 */

/** Below this depth, an event with a number that a plain parse may change was digested as it is spelt. */
const maxFormerDepth = 6_400;

/**
 * Digests the content of an event as before. Only the digests of events that name a member twice with one value, beside
 * a number that a plain parse may change, were others.
 *
 * @param hasDoubled Whether an object in the event names a member twice.
 */
export function formerContentHash(object: JsonObject, instant: Instant | undefined, hasDoubled: boolean): Digest {
  if (object.isSkimmed || isDeep(object) || (object.mayRound && hasDoubled)) return digest(object.text);
  const timestamp = instant ? [{ path: ['timestamp'], text: JSON.stringify(instant.exact) }] : [];
  const form = {
    replacements: [{ path: ['valid'], text: undefined }, ...timestamp],
    spellNumber: (number: string) => number,
    onlyLast: true,
  };
  return digestCanonical(indexOf(object), form).digest;
}

/** Whether the former digest of an event may differ from the one of now, if the fields count alike. */
export function mayDifferFromFormer(object: JsonObject, { hasDoubled, hasRespelt }: CanonicalDigest): boolean {
  return hasDoubled || hasRespelt || isDeep(object);
}

function isDeep(object: JsonObject): boolean {
  return object.mayRound && !object.isSkimmed && !object.isPlain && indexOf(object).depth > maxFormerDepth;
}
