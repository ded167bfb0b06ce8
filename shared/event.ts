import { z } from 'zod';
import type { Instant } from './instant.ts';
import { parseIso8601 } from './timestamps/iso8601.ts';
import { memberText } from './json-text.ts';
import type { JsonObject } from './json.ts';

/** The stream of a message that names none. */
export const defaultStream = 'default';

/** Longest type and stream name, in characters. */
const maxNameLength = 128;

export const streamSchema = z
  .string()
  .max(maxNameLength)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

/** The member in which Eventmend describes its changes to an event. */
export const ownMember = '_eventmend';

export const eventIdSchema = z.int().min(0);

export const uuidSchema = z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/);

/**
 * The members of an event that Eventmend reads. Other members are passed on unchecked. `data` is checked against the
 * catalog.
 */
export const eventSchema = z.object({
  event_id: eventIdSchema,
  type: z
    .string()
    .max(maxNameLength)
    .regex(/\S/)
    // JSON can spell half a surrogate pair, but UTF-8 cannot: no attribute and no document can hold it.
    .refine((text) => text.isWellFormed(), { params: { code: 'not_unicode' } }),
  timestamp: z.string().refine((text) => parseIso8601(text) !== undefined, { params: { code: 'not_iso_8601' } }),
  valid: z.boolean().optional(),
  uuid: uuidSchema.optional(),
  data: z.unknown().optional(),
});

export type Event = z.infer<typeof eventSchema>;

/** A void: the producer's statement that these ids, both ends included, never existed. */
export const voidSchema = z
  .object({ stream: streamSchema.optional(), from: eventIdSchema, to: eventIdSchema })
  .refine(({ from, to }) => from <= to, { path: ['to'], params: { code: 'before_from' } });

/** Returns the id of an object that may be an event. Undefined if it is not a valid id, or a plain parse rounded it. */
export function readableEventId(object: JsonObject): number | undefined {
  const id = eventIdSchema.safeParse(object.members.event_id);
  // Turns negative zero into zero.
  return id.success && !isRounded(object, 'event_id') ? id.data + 0 : undefined;
}

/** Whether a plain parse changed the number of a member. */
export function isRounded({ text, members, mayRound }: JsonObject, name: string): boolean {
  const value = members[name];
  if (!mayRound || typeof value !== 'number') return false;
  return significantDigits(memberText(text, name) ?? '') !== significantDigits(String(value));
}

/**
 * Returns the digits of a number without leading and trailing zeros. If two numbers round to the same double, they are
 * equal exactly if these digits are.
 */
function significantDigits(number: string): string {
  const digits = number.replace(/[eE].*$/, '').replaceAll(/[-.]/g, '');
  let from = 0;
  let to = digits.length;
  while (digits[from] === '0') from++;
  while (to > from && digits[to - 1] === '0') to--;
  return digits.slice(from, to);
}

/** Returns the instant of an object that may be an event. Undefined if it cannot be read. */
export function readableInstant({ members }: JsonObject): Instant | undefined {
  const { timestamp } = members;
  return typeof timestamp === 'string' ? parseIso8601(timestamp) : undefined;
}

/**
 * Returns the value at a path such as `data.case` as text. Undefined if it is absent, or neither a string nor a number.
 */
export function textAt(object: unknown, path: string): string | undefined {
  let here = object;
  for (const name of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return typeof here === 'string' || typeof here === 'number' ? String(here) : undefined;
}
