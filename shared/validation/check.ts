import type { z } from 'zod';
import type { Catalog } from '../catalog-definition.ts';
import { eventSchema, ownMember, readableEventId, type Event } from '../event.ts';
import type { Code, Failure } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { boundIssues } from './bounded-schema.ts';
import { trustedTopic, type Provenance } from '../messages/provenance.ts';

/** The maximum length of a failure's detail, in characters. An attribute's value holds 1,024 bytes. */
const maxDetailLength = 240;

export function invalid(code: Code, detail: string): Failure {
  // The cut may split a surrogate pair, and names may hold half of one. An attribute cannot hold half a pair.
  return { code, stage: 'validate', detail: detail.slice(0, maxDetailLength).toWellFormed() };
}

/**
 * Describes the issues of a value by paths and codes, without values, as far as there is room. `under` is the path of
 * the value.
 */
export function detailOf(error: z.ZodError, value: unknown, under: readonly string[] = []): string {
  let detail = '';
  for (const issue of error.issues) {
    const place = [...under, ...issue.path.map(String)].join('.') || 'event';
    const problem = isMissing(value, issue.path) ? 'missing' : codeOf(issue);
    detail += `${detail === '' ? '' : '; '}${place}: ${problem}`;
    // A member's name may be as long as the event, and every path may contain it.
    if (detail.length >= maxDetailLength) break;
  }
  return detail;
}

/** Returns the code of an issue. One of our own checks sets its own code. */
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

/** A valid event, or its failure. */
export type Checked = { readonly event: Event } | { readonly failure: Failure };

/**
 * Checks the members of an event, then its data against the catalog. For an inferred event, only the members are
 * checked: it has no data.
 */
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

/** Returns why data does not fit its schema. Undefined if it fits. */
function misfitOf(data: unknown, payload: z.ZodType): string | undefined {
  try {
    const { error } = boundIssues(payload).safeParse(data);
    return error && detailOf(error, data, ['data']);
  } catch (error) {
    if (isStackOverflow(error)) return 'data: too_deep';
    throw error;
  }
}

/** Whether a recursive schema exceeded the stack, at some thousand levels. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}
