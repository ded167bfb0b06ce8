import type { z } from 'zod';
import type { Catalog } from '../catalog-definition.ts';
import { eventSchema, ownMember, readableEventId, type Event } from '../event.ts';
import type { Code, Failure } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { boundIssues } from './bounded-schema.ts';
import { trustedTopic, type Provenance } from '../messages/provenance.ts';

/** Longest detail of a failure, in characters: an attribute's value holds 1,024 bytes. */
const maxDetailLength = 240;

export function invalid(code: Code, detail: string): Failure {
  // A cut may go through a surrogate pair, and names may hold half of one: no attribute can.
  return { code, stage: 'validate', detail: detail.slice(0, maxDetailLength).toWellFormed() };
}

/** Says what is wrong with a value, as paths and codes without values, as far as there is room. `under` is the path of the value. */
export function detailOf(error: z.ZodError, value: unknown, under: readonly string[] = []): string {
  let detail = '';
  for (const issue of error.issues) {
    const place = [...under, ...issue.path.map(String)].join('.') || 'event';
    const problem = isMissing(value, issue.path) ? 'missing' : codeOf(issue);
    detail += `${detail === '' ? '' : '; '}${place}: ${problem}`;
    // A member's name may be as long as the event, and be in each place.
    if (detail.length >= maxDetailLength) break;
  }
  return detail;
}

/** The issue's code; of a check of our own, the one that it was given. */
function codeOf(issue: z.core.$ZodIssue): string {
  const own: unknown = issue.code === 'custom' ? issue.params?.code : undefined;
  return typeof own === 'string' ? own : issue.code;
}

function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  const found = path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
    value,
  );
  return found === undefined;
}

/** An event whose own members are as they must be, or what is wrong with it. */
export type Checked = { readonly event: Event } | { readonly failure: Failure };

/** Checks an event's own members, then its data against the catalog. An inference has no data, and is Eventmend's own. */
export function checkEvent(object: JsonObject, topic: string, { origin }: Provenance, catalog: Catalog): Checked {
  if (topic !== trustedTopic && Object.hasOwn(object.members, ownMember)) {
    return { failure: invalid('ERR_INVALID_EVENT', `${ownMember}: reserved`) };
  }
  const event = eventSchema.safeParse(object.members);
  if (!event.success) return { failure: invalid('ERR_INVALID_EVENT', detailOf(event.error, object.members)) };
  if (readableEventId(object) === undefined) return { failure: invalid('ERR_INVALID_EVENT', 'event_id: not_exact') };
  if (origin === 'reconstructed') return { event: event.data };
  const type = catalog.type(event.data.type);
  if (!type && catalog.strict) return { failure: invalid('ERR_UNKNOWN_TYPE', 'type: unknown') };
  const misfit = type?.payload && misfitOf(event.data.data, type.payload);
  return misfit === undefined ? { event: event.data } : { failure: invalid('ERR_INVALID_PAYLOAD', misfit) };
}

/** Says why data does not fit its schema. Undefined for data that does. */
function misfitOf(data: unknown, payload: z.ZodType): string | undefined {
  try {
    const { error } = boundIssues(payload).safeParse(data);
    return error && detailOf(error, data, ['data']);
  } catch (error) {
    if (isStackOverflow(error)) return 'data: too_deep';
    throw error;
  }
}

/** Tells whether a schema that contains itself had to go deeper than the stack allows, some thousand levels. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}
