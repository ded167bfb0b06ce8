import { digestCanonical, type CanonicalDigest } from './canonical-json.ts';
import { digest } from './digest.ts';
import type { Instant } from './instant.ts';
import { indexOf } from './json-index.ts';
import type { JsonObject } from './json.ts';
import { uuidKey } from './identity.ts';
import { canonicalPlain } from './plain-json.ts';
import { treeOf, type Replacement } from './replacement.ts';

/**
 * Digests the content of an event. Blocks store these digests to recognise redelivered messages, so a change of the
 * digest needs a former identity.
 *
 * The fields count by their meaning, which the replacements give. Every other member counts by its JSON value: numbers
 * by their exact value, `null` as a value. The order of members, white space and escapes do not matter. Members with one
 * name all count. An event that was not parsed is digested as it is spelt.
 *
 * @param beside The fields that are not in the body, as canonical JSON.
 */
export function contentHash(
  object: JsonObject,
  replacements: readonly Replacement[],
  beside?: string,
): CanonicalDigest {
  const body = digestBody(object, replacements);
  return beside === undefined ? body : { ...body, digest: digest(`${body.digest}${beside}`) };
}

function digestBody(object: JsonObject, replacements: readonly Replacement[]): CanonicalDigest {
  if (!object.isSkimmed && !object.isPlain) return digestCanonical(indexOf(object), { replacements });
  const text = object.isSkimmed ? object.text : canonicalPlain(object.members, treeOf(replacements));
  return { digest: digest(text), hasDoubled: false, hasRespelt: false };
}

/**
 * Returns what stands for the fields of the default format. `valid` is left out, because verify changes it. A timestamp
 * that was read stands as its instant, and a uuid as its key does.
 */
export function fieldReplacements({ members }: JsonObject, instant: Instant | undefined): readonly Replacement[] {
  const replacements: Replacement[] = [{ path: ['valid'], text: undefined }];
  if (instant) replacements.push({ path: ['timestamp'], text: JSON.stringify(instant.exact) });
  const { uuid } = members;
  if (typeof uuid === 'string') replacements.push({ path: ['uuid'], text: uuidText(uuid) });
  else if (uuid === null) replacements.push({ path: ['uuid'], text: undefined });
  if (members.data === null) replacements.push({ path: ['data'], text: undefined });
  return replacements;
}

/** Returns a uuid as canonical JSON. Undefined for a blank one, which counts as absent. */
function uuidText(uuid: string): string | undefined {
  const key = uuidKey(uuid);
  return key === undefined ? undefined : JSON.stringify(key.startsWith('~') ? uuid : key);
}
