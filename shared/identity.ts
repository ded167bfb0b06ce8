import { uuidSchema } from './event.ts';
import type { JsonObject } from './json.ts';

/*
 * The keys of events. A key is `{uuid}`, or `{event_id}/{ms since 1970}`, or `{event_id}/inferred`. Consumers see it as
 * `idempotency_key`, which begins with the stream, and ends with `/r{n}` if an operator has replaced the content n
 * times.
 */

/** The key of every void. No event has it: a uuid contains no slash, and no other key begins with one. */
export const voidKey = '/void';

/** Returns the key of an event with a uuid. Undefined if the event has no valid uuid. */
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

/** Returns the uuid of a key that is a uuid. Every other key contains a slash. */
export function uuidOf(key: string): string | undefined {
  return key.includes('/') ? undefined : key;
}

export function idempotencyKey(stream: string, key: string, replacement: number): string {
  return `${stream}/${key}${replacement > 0 ? `/r${replacement}` : ''}`;
}
