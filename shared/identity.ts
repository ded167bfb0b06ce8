import { digest } from './digest.ts';

/*
 * The keys of events. A key is `{uuid}` or `~{digest of a uuid}`, or `{event_id}/{ms since 1970}`, or `{event_id}/id`, or
 * `{event_id}/inferred`. Consumers see it as
 * `idempotency_key`, which begins with the stream, and ends with `/r{n}` if an operator has replaced the content n
 * times.
 */

/** The key of every void. No event has it: a uuid contains no slash, and no other key begins with one. */
export const voidKey = '/void';

/** A text that a key can hold as it is. */
const fitUuid = /^[A-Za-z0-9._:-]{1,128}$/;
/** A UUID in hexadecimal digits, whose case has no meaning. */
const hexUuid = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * Returns the key of a uuid: the uuid itself, in lower case if it is a UUID of hexadecimal digits. If a key cannot hold
 * it, the key is `~` and a digest, which no uuid can spell. Undefined if there is none: `null`, or a blank text.
 *
 * @param spelt The uuid's JSON text if it is no string.
 */
export function uuidKey(uuid: unknown, spelt: () => string = () => JSON.stringify(uuid)): string | undefined {
  if (uuid === undefined || uuid === null) return undefined;
  const text = typeof uuid === 'string' ? uuid : spelt();
  if (text.trim() === '') return undefined;
  if (!fitUuid.test(text)) return `~${Buffer.from(digest(text), 'latin1').toString('base64url')}`;
  return hexUuid.test(text) ? text.toLowerCase() : text;
}

/** Returns the key of a uuid in releases before block format 3. They refused a uuid that a key cannot hold. */
export function formerUuidKey(uuid: unknown): string | undefined {
  return typeof uuid === 'string' && fitUuid.test(uuid) ? uuid : undefined;
}

/** The values of the setting `key`, which says when two messages are the same event. */
export const keyRules = ['uuid', 'event_id', 'event_id+timestamp'] as const;
export type KeyRule = (typeof keyRules)[number];

/** The parts of an event from which its key is made. */
export interface KeyParts {
  /** The key of its uuid. */
  readonly uuid: string | undefined;
  readonly eventId: number;
  readonly instantMs: number | undefined;
  readonly root: string;
}

/**
 * Returns the key of an event. It is the root if an event lacks what the rule wants. By default the key is the uuid
 * where there is one, and otherwise the id with the timestamp.
 */
export function eventKey({ uuid, eventId, instantMs, root }: KeyParts, rule?: KeyRule): string {
  if (rule === 'event_id') return idKey(eventId);
  if (uuid !== undefined && rule !== 'event_id+timestamp') return uuid;
  return instantMs === undefined || rule === 'uuid' ? root : sequenceKey(eventId, instantMs);
}

/** Returns the key of an event that its id alone identifies. */
export function idKey(eventId: number): string {
  return `${eventId}/id`;
}

export function sequenceKey(eventId: number, instantMs: number): string {
  return `${eventId}/${instantMs}`;
}

export function inferredKey(eventId: number): string {
  return `${eventId}/inferred`;
}

/** Returns the uuid of a key that is a uuid. Every other key contains a slash. */
export function uuidOf(key: string): string | undefined {
  return key.includes('/') ? undefined : key;
}

export function idempotencyKey(stream: string, key: string, replacement: number): string {
  return `${stream}/${key}${replacement > 0 ? `/r${replacement}` : ''}`;
}
