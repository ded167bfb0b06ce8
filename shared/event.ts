import { z } from 'zod';
import { parseInstant, type Instant } from './instant.ts';
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

/** The member of an event in which Eventmend says what it did. */
export const ownMember = '_eventmend';

export const eventIdSchema = z.int().min(0);

export const uuidSchema = z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/);

/** An event's own members; others are passed on unseen. `data` is checked against the catalog. */
export const eventSchema = z.object({
  event_id: eventIdSchema,
  type: z
    .string()
    .max(maxNameLength)
    .regex(/\S/)
    // Half a surrogate pair, which JSON can spell and UTF-8 cannot: no attribute and no document can hold it.
    .refine((text) => text.isWellFormed(), { params: { code: 'not_unicode' } }),
  timestamp: z.string().refine((text) => parseInstant(text) !== undefined, { params: { code: 'not_iso_8601' } }),
  valid: z.boolean().optional(),
  uuid: uuidSchema.optional(),
  data: z.unknown().optional(),
});

export type Event = z.infer<typeof eventSchema>;

/** A void: the producer's word that these ids, both ends included, never existed. */
export const voidSchema = z
  .object({ stream: streamSchema.optional(), from: eventIdSchema, to: eventIdSchema })
  .refine(({ from, to }) => from <= to, { path: ['to'], params: { code: 'before_from' } });

/** The id of an object that may be an event, where it can be read: as a whole number whose text a plain parse did not round. */
export function readableEventId(object: JsonObject): number | undefined {
  const id = eventIdSchema.safeParse(object.members.event_id);
  // Negative zero is zero.
  return id.success && !isRounded(object, 'event_id') ? id.data + 0 : undefined;
}

/** Tells whether a plain parse has made another number of a member. */
export function isRounded({ text, members, mayRound }: JsonObject, name: string): boolean {
  const value = members[name];
  if (!mayRound || typeof value !== 'number') return false;
  return significantDigits(memberText(text, name) ?? '') !== significantDigits(String(value));
}

/** The digits of a number without leading and trailing zeros. Two numbers that round to the same one are equal if these are. */
function significantDigits(number: string): string {
  const digits = number.replace(/[eE].*$/, '').replaceAll(/[-.]/g, '');
  let from = 0;
  let to = digits.length;
  while (digits[from] === '0') from++;
  while (to > from && digits[to - 1] === '0') to--;
  return digits.slice(from, to);
}

/** The instant of an object that may be an event, where it can be read. */
export function readableInstant({ members }: JsonObject): Instant | undefined {
  const { timestamp } = members;
  return typeof timestamp === 'string' ? parseInstant(timestamp) : undefined;
}

/** What stands at a path such as `data.case`, as text. Undefined where nothing does, or something that is no name. */
export function textAt(object: unknown, path: string): string | undefined {
  let here = object;
  for (const name of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return typeof here === 'string' || typeof here === 'number' ? String(here) : undefined;
}
