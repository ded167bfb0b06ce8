import type { Digest } from '../digest.ts';
import { InvariantError } from '../errors.ts';
import { isCode, isStage, type Code, type Stage } from '../failure.ts';
import { systemNames } from '../record-kinds.ts';
import type { TopicName } from '../topology.ts';
import type { Attributes } from './message.ts';

/** The source of an event on the clean topic. */
export const origins = [
  'producer',
  'verified',
  'corrected',
  'unverified',
  'recovered',
  'reconstructed',
  'replayed',
] as const;
export type Origin = (typeof origins)[number];

/** The identity of an event: what the rules compare. */
export interface Identity {
  readonly key: string;
  readonly hash: Digest;
}

/** The kind of a message, which decides how it claims its id. */
export const claimKinds = ['event', 'reconstruction', 'refusal', 'failure', 'void'] as const;
export type ClaimKind = (typeof claimKinds)[number];

/** Converts a value to the text of an attribute, and back. */
interface Codec<T> {
  readonly encode: (value: T) => string;
  /** Returns undefined for a text that `encode` never writes. */
  readonly decode: (text: string) => T | undefined;
  /** The value that an absent attribute stands for. */
  readonly absent?: T | undefined;
}

interface Declaration<T, Name extends string, Topic extends TopicName> extends Codec<T> {
  readonly name: Name;
  /**
   * The topics for whose messages Eventmend writes the attribute. A message may keep the attribute when it goes on to
   * another topic.
   */
  readonly writtenFor: readonly Topic[];
  /** Whether only Eventmend may set the attribute. It is removed from messages of producers. */
  readonly isReserved: boolean;
}

const text: Codec<string> = { encode: (value) => value, decode: (value) => value };
const optionalText: Codec<string> = { ...text, absent: '' };
const number: Codec<number> = { encode: String, decode: Number };
const time: Codec<number> = {
  encode: (ms) => new Date(ms).toISOString(),
  decode: (value) => {
    const ms = Date.parse(value);
    return Number.isNaN(ms) ? undefined : ms;
  },
};
const digestText: Codec<Digest> = { encode: writeDigest, decode: readDigest };
/** Both in one attribute, because a message has at most 100 attributes. A digest contains no space. */
const identity: Codec<Identity> = {
  encode: ({ key, hash }) => `${writeDigest(hash)} ${key}`,
  decode: (value) => {
    const at = value.indexOf(' ');
    return at < 0 ? undefined : { key: value.slice(at + 1), hash: readDigest(value.slice(0, at)) };
  },
};
const code: Codec<Code> = { encode: (value) => value, decode: (value) => (isCode(value) ? value : undefined) };
const stage: Codec<Stage> = { encode: (value) => value, decode: (value) => (isStage(value) ? value : undefined) };

/** The source of an event: its name, and the position of the event if the message was split. */
export interface SourceRef {
  readonly name: string;
  readonly position: number | undefined;
}

/** Spelt `name`, or `name/position`. */
const sourceRef: Codec<SourceRef> = {
  encode: ({ name, position }) => (position === undefined ? name : `${name}/${position}`),
  decode: (value) => {
    const [name = '', position] = value.split('/');
    return { name, position: position === undefined ? undefined : Number(position) };
  },
};

/** Where the entry of a letter's message is: its id, or its place in an unnumbered stream, and its key if that is known. */
export interface EntryRef {
  readonly stream: string;
  readonly at: number;
  readonly isPlace: boolean;
  readonly key: string | undefined;
}

/** Spelt `id 7 orders key`, or `place 7 orders key`. The name of a stream contains no space. */
const entryRef: Codec<EntryRef> = {
  encode: ({ stream, at, isPlace, key = '' }) => `${isPlace ? 'place' : 'id'} ${at} ${stream} ${key}`,
  decode: (value) => {
    const [, kind, at, stream = '', key = ''] = /^(id|place) (\d+) (\S+) (.*)$/.exec(value) ?? [];
    if (kind === undefined) return undefined;
    return { stream, at: Number(at), isPlace: kind === 'place', key: key === '' ? undefined : key };
  },
};

function flag(whenTrue = 'true'): Codec<boolean> {
  return { encode: () => whenTrue, decode: (value) => value === whenTrue, absent: false };
}

function oneOf<T extends string>(values: readonly T[]): Codec<T> {
  return { encode: (value) => value, decode: (value) => values.find((candidate) => candidate === value) };
}

/**
 * The prefix of internal attributes. One function of Eventmend writes them for the next function. Eventmend removes
 * them before consumers see a message.
 */
export const internalPrefix = 'eventmend-';

/**
 * Makes a declaration. All declarations have the same members, because V8 reads objects of one shape several times
 * faster.
 */
function declare<T, const Name extends string, const Topic extends TopicName>(
  name: Name,
  { encode, decode, absent }: Codec<T>,
  writtenFor: readonly Topic[],
  isReserved: boolean,
): Declaration<T, Name, Topic> {
  return { name, encode, decode, absent, writtenFor, isReserved };
}

/** Declares an internal attribute, which is removed before consumers see a message. */
function internal<T, const Name extends `${typeof internalPrefix}${string}`, const Topic extends TopicName>(
  name: Name,
  codec: Codec<T>,
  ...writtenFor: readonly Topic[]
): Declaration<T, Name, Topic> {
  return declare(name, codec, writtenFor, true);
}

/** Declares an attribute that only Eventmend may set, and that consumers see. */
function reserved<T, const Name extends string, const Topic extends TopicName>(
  name: Name,
  codec: Codec<T>,
  ...writtenFor: readonly Topic[]
): Declaration<T, Name, Topic> {
  return declare(name, codec, writtenFor, true);
}

/** Declares an attribute that producers may set too. */
function open<T, const Name extends string, const Topic extends TopicName>(
  name: Name,
  codec: Codec<T>,
  ...writtenFor: readonly Topic[]
): Declaration<T, Name, Topic> {
  return declare(name, codec, writtenFor, false);
}

/**
 * All attributes that Eventmend knows on a message with an event. The code that writes, reads, removes or counts
 * attributes uses this table only.
 */
const table = {
  stream: open('stream', text, 'events', 'validated-events', 'mended-events', 'cleaned-events', 'dead-letter-queue'),
  possibleDuplicate: open('possible-duplicate', flag(), 'events', 'mended-events', 'validated-events'),
  /** Whether the message is a void, which names ids that never existed. Only producers set it. */
  isVoid: open('void', flag(), 'events'),

  origin: reserved('origin', oneOf(origins), 'validated-events', 'mended-events', 'cleaned-events'),
  confidence: reserved('confidence', text, 'mended-events'),
  method: reserved('method', text, 'mended-events', 'validated-events'),
  verification: reserved('verification', text, 'mended-events'),
  /** Whether a published event is checked again. It keeps the attribute, also if the answer supersedes it. */
  isRecheck: reserved('recheck', flag(), 'mended-events', 'validated-events'),
  /** The description of an inferred event. In the default format it is the member `_eventmend`. */
  inference: reserved('eventmend', text, 'mended-events'),
  repaired: reserved('repaired', text, 'cleaned-events'),
  idempotencyKey: reserved('idempotency_key', text, 'cleaned-events'),
  /** The idempotency key of the clean event that this one replaces. */
  supersedes: reserved('supersedes', text, 'cleaned-events'),
  cleanId: open('event_id', number, 'cleaned-events'),
  cleanType: open('type', text, 'cleaned-events'),
  cleanInstantMs: reserved('event_time', time, 'cleaned-events'),

  /** Absent for an event of the source `events`. */
  source: internal('eventmend-source', sourceRef, 'validated-events', 'mended-events', 'dead-letter-queue'),
  /** When Pub/Sub received the producer's message. Written only where that is the timestamp of events. */
  publishedAtMs: internal('eventmend-published', time, 'validated-events', 'mended-events', 'dead-letter-queue'),
  /** When Pub/Sub received the producer's message of an event. No replay has it: it is for the time until events are clean. */
  receivedAtMs: internal('eventmend-received', number, 'validated-events', 'mended-events'),
  orderingKey: internal('eventmend-ordering-key', text, 'validated-events', 'mended-events', 'dead-letter-queue'),
  kind: internal('eventmend-kind', oneOf(claimKinds), 'validated-events', 'mended-events'),
  root: internal('eventmend-root', text, 'validated-events', 'mended-events', 'dead-letter-queue'),
  key: internal('eventmend-key', text, 'validated-events', 'mended-events', 'dead-letter-queue'),
  hash: internal('eventmend-hash', digestText, 'validated-events', 'mended-events', 'dead-letter-queue'),
  /** The identity under other rules: those before, or those of the next deployment. */
  formerly: internal('eventmend-formerly', identity, 'validated-events', 'mended-events', 'dead-letter-queue'),
  eventId: internal('eventmend-id', number, 'validated-events', 'dead-letter-queue'),
  /** In unnumbered streams, in place of `eventId`. */
  place: internal('eventmend-place', number, 'validated-events', 'mended-events', 'dead-letter-queue'),
  lastId: internal('eventmend-last-id', number, 'validated-events'),
  type: internal('eventmend-type', optionalText, 'validated-events', 'dead-letter-queue'),
  instantMs: internal('eventmend-instant', number, 'validated-events'),
  entity: internal('eventmend-entity', { ...number, absent: 0 }, 'validated-events'),
  toBeChecked: internal('eventmend-check', flag(), 'validated-events'),
  /** The system of record with which verify compares the event. Each has a subscription of its own. */
  system: internal('eventmend-system', oneOf(systemNames), 'suspect-events'),
  /** A digest of verify's answer. */
  answer: internal('eventmend-answer', number, 'validated-events', 'mended-events'),
  /** The number of the replay, from 1. */
  replay: internal(
    'eventmend-replay',
    { ...number, absent: 0 },
    'validated-events',
    'mended-events',
    'dead-letter-queue',
  ),
  /** Of an operator's edit: where the entry of the message before the edit is. */
  left: internal('eventmend-left', entryRef, 'validated-events', 'mended-events'),
  replace: internal('eventmend-replace', flag(), 'validated-events', 'mended-events'),
  repairs: internal('eventmend-repair', flag(), 'validated-events'),
  code: internal('eventmend-code', code, 'validated-events', 'mended-events', 'dead-letter-queue'),
  stage: internal('eventmend-stage', stage, 'validated-events', 'mended-events', 'dead-letter-queue'),
  detail: internal('eventmend-detail', text, 'validated-events', 'mended-events', 'dead-letter-queue'),
  failedAtMs: internal('eventmend-failed-at', time, 'dead-letter-queue'),
  /** Whether the dead-letter store keeps the whole message, under its root. This message then has no data. */
  isKept: internal('eventmend-body', flag('kept'), 'validated-events', 'dead-letter-queue'),
  /** The length of the data that is kept. */
  keptBytes: internal('eventmend-kept-bytes', number, 'validated-events', 'dead-letter-queue'),
} as const;

type Table = typeof table;
/** The name of an attribute in code. */
export type AttributeField = keyof Table;
export type AttributeValue<F extends AttributeField> = F extends AttributeField
  ? Table[F] extends Declaration<infer T, string, TopicName>
    ? T
    : never
  : never;

/** The values of the attributes for a topic. An undefined value is not written. */
export type AttributesFor<Topic extends TopicName> = {
  readonly [F in AttributeField as Topic extends Table[F]['writtenFor'][number] ? F : never]:
    AttributeValue<F> | undefined;
};

const declarations = Object.values(table) as readonly Declaration<unknown, string, TopicName>[];

/** The name of each attribute in a message. */
export const attributeNames = Object.fromEntries(Object.entries(table).map(([field, { name }]) => [field, name])) as {
  readonly [F in AttributeField]: Table[F]['name'];
};

/** The attributes that only Eventmend may set and that consumers may see. `root` is reserved but not used. */
export const reservedNames: readonly string[] = [
  ...declarations
    .filter(({ isReserved, name }) => isReserved && !name.startsWith(internalPrefix))
    .map(({ name }) => name),
  'root',
];

/** Returns the names of the attributes that Eventmend may add to a message for a topic. */
export function namesFor(topic: TopicName): readonly string[] {
  return declarations.filter(({ writtenFor }) => writtenFor.includes(topic)).map(({ name }) => name);
}

/**
 * Writes values as attributes. It runs several times for each event. So it uses `for … in`, which takes a third less
 * time than `Object.keys`.
 */
export function encodeAttributes<Topic extends TopicName>(values: Partial<AttributesFor<Topic>>): Attributes {
  const attributes: Record<string, string> = {};
  for (const field in values) {
    const value: unknown = values[field];
    if (value === undefined) continue;
    const declaration = table[field] as Declaration<unknown, string, TopicName>;
    if (value !== declaration.absent) attributes[declaration.name] = declaration.encode(value);
  }
  return attributes;
}

/**
 * Reads an attribute. If it is absent, returns the value of `absent` in its declaration, which may be undefined.
 * Returns undefined if the text cannot be decoded.
 */
export function readAttribute<F extends AttributeField>(
  attributes: Attributes,
  field: F,
): AttributeValue<F> | undefined {
  const declaration = table[field] as unknown as Declaration<AttributeValue<F>, string, TopicName>;
  const value = attributes[declaration.name];
  return value === undefined ? declaration.absent : declaration.decode(value);
}

/**
 * Reads an attribute that must have a value, because only Eventmend publishes such messages.
 *
 * @throws InvariantError if the attribute has no value.
 */
export function requireAttribute<F extends AttributeField>(attributes: Attributes, field: F): AttributeValue<F> {
  const value = readAttribute(attributes, field);
  if (value !== undefined) return value;
  const { name } = table[field];
  const problem = attributes[name] === undefined ? 'lacks the attribute' : 'has an unknown value in the attribute';
  throw new InvariantError(`a message that Eventmend published ${problem} ${name}`);
}

/** Writes a digest as text for an attribute. */
function writeDigest(digest: Digest): string {
  return Buffer.from(digest, 'latin1').toString('base64url');
}

function readDigest(value: string): Digest {
  return Buffer.from(value, 'base64url').toString('latin1');
}
