import type { z } from 'zod';
import type { Catalog } from '../catalog-definition.ts';
import { ownMember, readEvent, requiredMembers, type Event, type MemberMisfit, type RequiredMember } from '../event.ts';
import { cutDetail, type Code, type Failure } from '../failure.ts';
import { lookalikeOf, type SoughtField } from '../fields/lookalike.ts';
import { spellMisfit } from '../fields/misfit.ts';
import type { JsonObject } from '../json.ts';
import type { Origin } from '../messages/attributes.ts';
import type { EventFields } from '../sources/read-fields.ts';
import { boundIssues } from './bounded-schema.ts';
import { trustedTopic, type Provenance } from '../messages/provenance.ts';
import { detailOf } from './schema-detail.ts';

export function invalid(code: Code, detail: string): Failure {
  return { code, stage: 'validate', detail: cutDetail(detail) };
}

/** The members of an event that decide about its way. */
type CheckedEvent = Pick<Event, 'type' | 'valid' | 'data'> &
  /** Of an event of the default format: what was read of it besides. */
  Partial<Pick<Event, 'eventId' | 'instant'>>;

/** A valid event, or its failure. */
export type Checked = { readonly event: CheckedEvent } | { readonly failure: Failure };

/**
 * Checks the members of an event, then its data against the catalog. For an inferred event, only the members are
 * checked: it has no data.
 */
export function checkEvent(
  object: JsonObject,
  { topic, stream }: { readonly topic: string; readonly stream: string },
  { origin }: Provenance,
  catalog: Catalog,
): Checked {
  if (topic !== trustedTopic && Object.hasOwn(object.members, ownMember)) {
    return { failure: invalid('ERR_INVALID_EVENT', `${ownMember}: reserved`) };
  }
  const { key, numbering } = catalog.stream(stream);
  const needsId = numbering !== 'none';
  const read = readEvent(object, { needsId, needsUuid: origin !== 'reconstructed' && (key === 'uuid' || !needsId) });
  if ('misfits' in read) return { failure: invalid('ERR_INVALID_EVENT', spellMisfits(read.misfits, object)) };
  return checkContent(read.event, origin, catalog);
}

/** Checks the fields of an event of another format, then its data against the catalog. */
export function checkFields(fields: EventFields, { origin }: Provenance, catalog: Catalog): Checked {
  const { type, instant, valid, data, problems } = fields;
  if (problems.length > 0 || type === undefined || instant === undefined)
    return { failure: invalid('ERR_INVALID_EVENT', problems.join('. ')) };
  return checkContent({ type, valid, data }, origin, catalog);
}

function checkContent(event: CheckedEvent, origin: Origin, catalog: Catalog): Checked {
  if (origin === 'reconstructed') return { event };
  const type = catalog.type(event.type);
  if (!type && catalog.strict) return { failure: invalid('ERR_UNKNOWN_TYPE', 'type: unknown') };
  const misfit = type?.payload && misfitOf(event.data, type.payload);
  return misfit === undefined ? { event } : { failure: invalid('ERR_INVALID_PAYLOAD', misfit) };
}

/** Describes the members that do not fit. For a missing one it names the member that looks like it. */
function spellMisfits(misfits: readonly MemberMisfit[], { members }: JsonObject): string {
  const spelt = misfits.map(({ member, misfit }) => {
    const isMissing = (members[member] ?? undefined) === undefined && isSought(member);
    return spellMisfit(member, misfit, isMissing ? lookalikeOf(member, members) : undefined);
  });
  return spelt.join('. ');
}

function isSought(member: string): member is SoughtField {
  return member === 'uuid' || requiredMembers.includes(member as RequiredMember);
}

/** Returns why data does not fit its schema. Undefined if it fits. */
export function misfitOf(data: unknown, payload: z.ZodType): string | undefined {
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
