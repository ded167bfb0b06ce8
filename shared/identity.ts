import { uuidSchema } from './event.ts';
import type { JsonObject } from './json.ts';

/*
 * The keys of events. A key is `{uuid}`, or `{event_id}/{ms since 1970}`, or `{event_id}/inferred`. Consumers see it as
 * `idempotency_key`: with the stream in front, and `/r{n}` behind it where an operator has replaced the content n times.
 */

/** The key of every void. No event has it: a key without a slash is a uuid. */
export const voidKey = 'void';

/** The key of an event that carries a uuid. Undefined where it carries none, or one that is not well-formed. */
export function uuidKey({ members }: Pick<JsonObject, 'members'>): string | undefined {
  const uuid = uuidSchema.safeParse(members.uuid);
  return uuid.success ? uuid.data : undefined;
}

export function sequenceKey(eventId: number, instantMs: number): string {
  return `${eventId}/${instantMs}`;
}

export function inferredKey(eventId: number): string {
  return `${eventId}/inferred`;
}

/** The uuid of a key, if it is one: no other key is without a slash. */
export function uuidOf(key: string): string | undefined {
  return key.includes('/') ? undefined : key;
}

export function idempotencyKey(stream: string, key: string, revision: number): string {
  return `${stream}/${key}${revision > 0 ? `/r${revision}` : ''}`;
}
