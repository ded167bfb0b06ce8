import { digest, spellDigest } from '../digest.ts';
import { attributeNames } from './attributes.ts';
import { filterAttributes, type Attributes } from './message.ts';
import { isReserved } from './provenance.ts';

/*
 * The attributes that a producer sets under names of Eventmend's own. They are kept under `producer-NAME`, also on the
 * clean message. A message of an existing topic can have any attributes, and nothing of it is lost.
 */

const prefix = 'producer-';

/** The names that Eventmend sets, and that producers may set on `events` only. */
const setOnClean: readonly string[] = [attributeNames.stream, attributeNames.cleanType, attributeNames.cleanId];
/** The names that only answers to requests to resend may have. */
const ofAnswers: readonly string[] = [attributeNames.isVoid, attributeNames.possibleDuplicate];

/** The source of a producer's message, as far as it decides about attributes. */
interface AttributeRules {
  /** Whether an attribute of the message names its stream: so it is on `events`. */
  readonly namesStream: boolean;
  readonly answers: boolean;
}

/** The attributes of a producer's message under names that Eventmend does not use, and how many were renamed. */
export interface RenamedAttributes {
  readonly attributes: Attributes;
  readonly renamed: number;
}

/** Renames the attributes of a producer's message that have names of Eventmend's own. */
export function renameReserved(attributes: Attributes, rules: AttributeRules): RenamedAttributes {
  return rename(attributes, (name) => isReserved(name) || isNamedOnClean(name, rules) || isAnswer(name, rules));
}

/** Renames the attributes that mark an answer. The source of a replayed message may not answer. */
export function renameAnswers(attributes: Attributes, rules: Pick<AttributeRules, 'answers'>): Attributes {
  return rename(attributes, (name) => isAnswer(name, rules)).attributes;
}

/** Removes the attributes that Pub/Sub adds to a message that it dead-letters. */
export function withoutDeadLettering(attributes: Attributes): Attributes {
  return filterAttributes(attributes, (name) => !name.startsWith('CloudPubSubDeadLetter'));
}

function isNamedOnClean(name: string, { namesStream }: AttributeRules): boolean {
  return !namesStream && setOnClean.includes(name);
}

function isAnswer(name: string, { answers }: Pick<AttributeRules, 'answers'>): boolean {
  return !answers && ofAnswers.includes(name);
}

/** Returns an attribute as the producer set it, also if it was renamed. */
export function producerAttribute(attributes: Attributes, name: string): string | undefined {
  const isEventmends = isReserved(name) || setOnClean.includes(name);
  const names = isEventmends ? [renamed(name)] : [name, renamed(name)];
  const found = names.find((each) => Object.hasOwn(attributes, each));
  return found === undefined ? undefined : attributes[found];
}

function rename(attributes: Attributes, isTaken: (name: string) => boolean): RenamedAttributes {
  const names = Object.keys(attributes);
  const taken = names.filter(isTaken);
  if (taken.length === 0) return { attributes, renamed: 0 };
  const to = new Map(taken.map((name) => [name, renamed(name)]));
  const occupied = new Set(to.values());
  // A producer may also have set the new name. That attribute moves on in its turn.
  for (const name of names) {
    if (to.has(name) || !occupied.has(name)) continue;
    let free = renamed(name);
    while (occupied.has(free) || Object.hasOwn(attributes, free)) free = renamed(free);
    to.set(name, free);
    occupied.add(free);
  }
  const kept = names.map((name) => [to.get(name) ?? name, attributes[name] ?? ''] as const);
  return { attributes: Object.fromEntries(kept), renamed: taken.length };
}

/** Pub/Sub refuses a message with a longer name of an attribute, in bytes. */
const maxNameBytes = 256;
const keptNameBytes = 200;

function renamed(name: string): string {
  const bytes = Buffer.from(`${prefix}${name}`);
  if (bytes.length <= maxNameBytes) return bytes.toString();
  const start = new TextDecoder().decode(bytes.subarray(0, keptNameBytes), { stream: true });
  return `${start}~${spellDigest(digest(name))}`;
}
