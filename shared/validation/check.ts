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

/** Says what is wrong, as paths and codes without values. */
export function detailOf(error: z.ZodError, under = ''): string {
  return error.issues
    .map(({ path, code }) => `${[under, ...path.map(String)].filter(Boolean).join('.')}: ${code}`)
    .join('; ');
}

/** An event whose own members are as they must be, or what is wrong with it. */
export type Checked = { readonly event: Event } | { readonly failure: Failure };

/** Checks an event's own members, then its data against the catalog. An inference has no data, and is Eventmend's own. */
export function checkEvent(object: JsonObject, topic: string, { origin }: Provenance, catalog: Catalog): Checked {
  if (topic !== believedTopic && Object.hasOwn(object.members, ownMember)) {
    return { failure: invalid('ERR_INVALID_EVENT', `${ownMember}: reserved`) };
  }
  const event = eventSchema.safeParse(ownMembers(object));
  if (!event.success) return { failure: invalid('ERR_INVALID_EVENT', detailOf(event.error)) };
  if (readableEventId(object) === undefined) return { failure: invalid('ERR_INVALID_EVENT', 'event_id: not_exact') };
  if (origin === 'reconstructed') return { event: event.data };
  const type = catalog.type(event.data.type);
  if (!type && catalog.strict) return { failure: invalid('ERR_UNKNOWN_TYPE', 'type: unknown') };
  const payload = type?.payload?.safeParse(event.data.data);
  if (payload && !payload.success) return { failure: invalid('ERR_INVALID_PAYLOAD', detailOf(payload.error, 'data')) };
  return { event: event.data };
}

/** The members that Eventmend reads, if they are the event's own and not what every object inherits. */
function ownMembers({ members }: JsonObject): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(eventSchema.shape).flatMap((name) => (Object.hasOwn(members, name) ? [[name, members[name]]] : [])),
  );
}
