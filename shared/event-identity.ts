import type { CanonicalDigest } from './canonical-json.ts';
import { contentHash } from './content-hash.ts';
import { formerContentHash, mayDifferFromFormer } from './former-content-hash.ts';
import { eventKey, formerUuidKey, type KeyParts, type KeyRule } from './identity.ts';
import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import type { Identity } from './messages/attributes.ts';
import { pathOf } from './json-pointer.ts';
import type { Replacement } from './replacement.ts';

/** The settings that say what makes two messages the same event. */
export interface IdentityRules {
  /** Undefined for the uuid where there is one, and otherwise the id with the timestamp. */
  readonly key: KeyRule | undefined;
  /** The paths of members that are no part of the content. */
  readonly ignore: readonly (readonly string[])[];
}

/** The settings of identity of a stream, and of a type of event. */
export interface IdentitySettings {
  readonly key?: KeyRule | undefined;
  /** JSON Pointers. */
  readonly ignore?: readonly string[] | undefined;
}
export interface ChangingIdentity extends IdentitySettings {
  readonly next?: IdentitySettings | undefined;
  readonly formerly?: IdentitySettings | undefined;
}

/**
 * Returns the rules of a stream for a type of event, and those of the other deployment while they are being changed.
 *
 * @param ofFormat The paths that the format of the source leaves out.
 * @param ofOtherFormat The same of the other deployment, while the format is being changed.
 */
export function identityRulesOf(
  stream: ChangingIdentity,
  type: ChangingIdentity = {},
  ofFormat: IdentityRules['ignore'] = [],
  ofOtherFormat?: IdentityRules['ignore'],
): { readonly rules: IdentityRules; readonly otherRules: IdentityRules | undefined } {
  const [otherOfStream, otherOfType] = [stream.next ?? stream.formerly, type.next ?? type.formerly];
  const join = (one: IdentitySettings, other: IdentitySettings, left = ofFormat): IdentityRules => ({
    key: one.key,
    ignore:
      one.ignore || other.ignore ? [...left, ...[...(one.ignore ?? []), ...(other.ignore ?? [])].map(pathOf)] : left,
  });
  const isChanging = (otherOfStream ?? otherOfType ?? ofOtherFormat) !== undefined;
  return {
    rules: join(stream, type),
    otherRules: isChanging ? join(otherOfStream ?? stream, otherOfType ?? type, ofOtherFormat) : undefined,
  };
}

/** The values of an event that key and hash are made of. */
export interface IdentifiedEvent extends Omit<KeyParts, 'instantMs'> {
  readonly object: JsonObject;
  readonly instant: Instant | undefined;
  /** The texts that take the place of fields in the content. */
  readonly replacements: readonly Replacement[];
  /** The fields that are not in the body, as canonical JSON. */
  readonly beside?: string | undefined;
  /** Whether earlier releases could read the event. */
  readonly isDefaultFormat: boolean;
}

/**
 * Returns the identity of an event, and the one that it has under other rules, if that differs: while the settings are
 * being changed, under those of the other deployment; otherwise, under those of earlier releases.
 */
export function identitiesOf(
  event: IdentifiedEvent,
  rules: IdentityRules,
  otherwise: { readonly event: IdentifiedEvent; readonly rules: IdentityRules } | undefined,
): Identity & { readonly formerly: Identity | undefined } {
  const content = contentUnder(event, rules);
  const [key, hash] = [keyUnder(event, rules), content.digest];
  const other = otherwise
    ? {
        key: keyUnder(otherwise.event, otherwise.rules),
        hash: contentUnder(otherwise.event, otherwise.rules).digest,
      }
    : formerIdentity(event, rules, { key, hash }, content);
  const isSame = other.key === key && other.hash === hash;
  return { key, hash, formerly: isSame ? undefined : other };
}

function contentUnder({ object, replacements, beside }: IdentifiedEvent, { ignore }: IdentityRules): CanonicalDigest {
  if (ignore.length === 0) return contentHash(object, replacements, beside);
  const leftOut = ignore.map((path) => ({ path, text: undefined }));
  return contentHash(object, [...replacements, ...leftOut], beside);
}

function keyUnder({ uuid, eventId, instant, root }: IdentifiedEvent, { key }: IdentityRules): string {
  return eventKey({ uuid, eventId, instantMs: instant?.ms, root }, key);
}

/**
 * Returns the identity of an event as releases before block format 3 knew it. Those had no settings of identity, and a
 * stream that has some is changed in two deployments.
 */
function formerIdentity(
  event: IdentifiedEvent,
  rules: IdentityRules,
  identity: Identity,
  content: CanonicalDigest,
): Identity {
  const { object, instant, isDefaultFormat } = event;
  if (!isDefaultFormat || rules.ignore.length > 0) return identity;
  const uuid = formerUuidKey(object.members.uuid);
  const isSame = uuid === event.uuid && object.members.data !== null && !mayDifferFromFormer(object, content);
  if (isSame) return identity;
  return { key: keyUnder({ ...event, uuid }, rules), hash: formerContentHash(object, instant, content.hasDoubled) };
}
