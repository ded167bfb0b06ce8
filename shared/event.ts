import { z } from 'zod';
import { digestCanonical } from './canonical-json.ts';
import { spellDecimal } from './decimal.ts';
import { readEventId } from './fields/event-id.ts';
import { kindOf, type Misfit, type Read } from './fields/misfit.ts';
import { readTimestamp } from './fields/timestamp.ts';
import { readType } from './fields/type.ts';
import { readValid } from './fields/valid.ts';
import { uuidKey } from './identity.ts';
import type { Instant } from './instant.ts';
import { indexOf, JsonIndex } from './json-index.ts';
import { memberText } from './json-text.ts';
import type { JsonObject } from './json.ts';

/** The stream of a message that names none. */
export const defaultStream = 'default';

/** Longest stream name, in characters. */
const maxNameLength = 128;

/** The name of a stream. One with `~` is made of values of events, and only Eventmend makes it. */
export const streamSchema = z
  .string()
  .max(maxNameLength)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._~-]*$/);

/** The member in which Eventmend describes its changes to an event. */
export const ownMember = '_eventmend';

export const eventIdSchema = z.int().min(0);

/** The members of an event that Eventmend reads. Other members are passed on unchecked. */
export interface Event {
  /** Undefined in an unnumbered stream. */
  readonly eventId: number | undefined;
  readonly type: string;
  readonly instant: Instant;
  /** Undefined if the event does not say. */
  readonly valid: boolean | undefined;
  /** Checked against the catalog. Undefined if there is none. */
  readonly data: unknown;
}

/** The members that an event must have. Each may be there once. */
export const requiredMembers = ['event_id', 'type', 'timestamp'] as const;
export type RequiredMember = (typeof requiredMembers)[number];

/** The members that an event may have. `null` counts as absent. If a name occurs twice, the last member counts. */
export const optionalMembers = ['valid', 'uuid', 'data'] as const;

/** A member that does not fit. */
export interface MemberMisfit {
  readonly member: string;
  readonly misfit: Misfit;
}

/**
 * Reads an event of the default format.
 *
 * @param needs.needsId Whether its stream is numbered.
 * @param needs.needsUuid Whether the uuid is the key of every event of its stream.
 */
export function readEvent(
  object: JsonObject,
  { needsId = true, needsUuid = false }: { readonly needsId?: boolean; readonly needsUuid?: boolean } = {},
): { readonly event: Event } | { readonly misfits: readonly MemberMisfit[] } {
  const { members } = object;
  const eventId = needsId ? readMember.event_id(object) : { value: undefined };
  const type = readMember.type(object);
  const timestamp = readMember.timestamp(object);
  const valid = readValid(members.valid);
  const uuid = needsUuid ? readNeededUuid(object) : { value: undefined };
  if ('value' in eventId && 'value' in type && 'value' in timestamp && 'value' in valid && 'value' in uuid) {
    const [id, instant] = [eventId.value, timestamp.value];
    return { event: { eventId: id, type: type.value, instant, valid: valid.value, data: members.data ?? undefined } };
  }
  const read = { event_id: eventId, type, timestamp, valid, uuid };
  return {
    misfits: Object.entries(read).flatMap(([member, one]) => ('misfit' in one ? [{ member, misfit: one.misfit }] : [])),
  };
}

function readNeededUuid(object: JsonObject): Read<string> {
  const uuid = readableUuid(object);
  if (uuid !== undefined) return readOnce(object, 'uuid') ?? { value: uuid };
  return { misfit: { found: kindOf(object.members.uuid), accepted: 'a text that no other event has' } };
}

const readMember = {
  event_id: (object: JsonObject): Read<number> => readOnce(object, 'event_id') ?? readId(object, 'event_id'),
  type: (object: JsonObject): Read<string> => readOnce(object, 'type') ?? readType(object.members.type),
  timestamp: (object: JsonObject): Read<Instant> =>
    readOnce(object, 'timestamp') ?? readTimestamp(object.members.timestamp),
} as const satisfies Record<RequiredMember, (object: JsonObject) => Read<unknown>>;

/** Returns the misfit of a member that occurs more than once. Undefined if it does not. */
function readOnce(object: JsonObject, name: string): { readonly misfit: Misfit } | undefined {
  if (object.isSkimmed || object.isPlain || indexOf(object).find([name]).length < 2) return undefined;
  return { misfit: { found: 'named twice', accepted: 'one member of the name' } };
}

/** Reads a member of an object as an id. */
export function readId(object: JsonObject, name: string): Read<number> {
  const { text, members, mayRound, isPlain } = object;
  const isChanged = mayRound && !isPlain && typeof members[name] === 'number';
  return readEventId(members[name], isChanged ? memberText(text, name) : undefined);
}

/** Returns the id of an object that may be an event. Undefined if it cannot be read. */
export function readableEventId(object: JsonObject): number | undefined {
  return valueOf(readMember.event_id(object));
}

/** Returns the type of an object that may be an event. Undefined if it cannot be read. */
export function readableType(object: JsonObject): string | undefined {
  return valueOf(readMember.type(object));
}

/** Returns the instant of an object that may be an event. Undefined if it cannot be read. */
export function readableInstant(object: JsonObject): Instant | undefined {
  return valueOf(readMember.timestamp(object));
}

/** Returns the key of the uuid of an object that may be an event. Undefined if it has none. */
export function readableUuid(object: JsonObject): string | undefined {
  return uuidKey(object.members.uuid, () => canonicalText(object, 'uuid'));
}

/** Returns a text that is the same for all spellings of a member. */
function canonicalText(object: JsonObject, name: string): string {
  const text = memberText(object.text, name) ?? '';
  return /^[{[]/.test(text)
    ? `~${digestCanonical(new JsonIndex(text), { replacements: [] }).digest}`
    : spellDecimal(text);
}

function valueOf<T>(read: Read<T>): T | undefined {
  return 'value' in read ? read.value : undefined;
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
