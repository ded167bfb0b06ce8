import type { z } from 'zod';
import type { Catalog } from '../catalog-definition.ts';
import { eventSchema, ownMember, readableEventId, type Event } from '../event.ts';
import type { Code, Failure } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { believedTopic, type Provenance } from './provenance.ts';

/** Longest detail of a failure, in characters: an attribute's value holds 1,024 bytes. */
const maxDetailLength = 240;

export function invalid(code: Code, detail: string): Failure {
  return { code, stage: 'validate', detail: detail.slice(0, maxDetailLength) };
}

/** Says what is wrong with a value, as paths and codes without values. `under` is the path of the value itself. */
export function detailOf(error: z.ZodError, value: unknown, under: readonly string[] = []): string {
  return error.issues
    .map((issue) => {
      const place = [...under, ...issue.path.map(String)].join('.') || 'event';
      return `${place}: ${isMissing(value, issue.path) ? 'missing' : codeOf(issue)}`;
    })
    .join('; ');
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
  if (topic !== believedTopic && Object.hasOwn(object.members, ownMember)) {
    return { failure: invalid('ERR_INVALID_EVENT', `${ownMember}: reserved`) };
  }
  const event = eventSchema.safeParse(object.members);
  if (!event.success) return { failure: invalid('ERR_INVALID_EVENT', detailOf(event.error, object.members)) };
  if (readableEventId(object) === undefined) return { failure: invalid('ERR_INVALID_EVENT', 'event_id: not_exact') };
  if (origin === 'reconstructed') return { event: event.data };
  const type = catalog.type(event.data.type);
  if (!type && catalog.strict) return { failure: invalid('ERR_UNKNOWN_TYPE', 'type: unknown') };
  const payload = type?.payload?.safeParse(event.data.data);
  if (payload && !payload.success)
    return { failure: invalid('ERR_INVALID_PAYLOAD', detailOf(payload.error, event.data.data, ['data'])) };
  return { event: event.data };
}
