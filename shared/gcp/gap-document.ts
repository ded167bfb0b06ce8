import type { DocumentSnapshot } from '@google-cloud/firestore';
import { z } from 'zod';
import { eventIdSchema } from '../event.ts';
import { gapStates, methods, type Gap } from '../gaps/gap.ts';
import type { GapRows, UnreadableGap, Versioned } from '../ports.ts';
import { spellIssues } from '../zod-issues.ts';
import { versionThere } from './document.ts';

/** Digits of the highest id, 2^53 − 1: gaps stand in the order of their ids. */
const idDigits = 16;

const gapFields = z
  .object({
    stream: z.string(),
    from: eventIdSchema,
    to: eventIdSchema,
    state: z.enum(gapStates),
    foundAtMs: z.number(),
    requestedAtMs: z.number().exactOptional(),
    deadlineMs: z.number().exactOptional(),
    inferRequestedAtMs: z.number().exactOptional(),
    method: z.enum(methods).exactOptional(),
    resolvedAtMs: z.number().exactOptional(),
    missing: z.number().exactOptional(),
    cameLateAtMs: z.number().exactOptional(),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'below from' });

/** The name of a gap's document. */
export function nameOf(from: number): string {
  return String(from).padStart(idDigits, '0');
}

/** The first id of a gap, by the name of its document; undefined for a name that is none. */
export function firstIdOf(name: string): number | undefined {
  const id = Number(name);
  return isId(id) && nameOf(id) === name ? id : undefined;
}

export function isId(value: unknown): value is number {
  return eventIdSchema.safeParse(value).success;
}

/** Every field of a row, so that saving one without a value takes the value away. */
export function fieldsOfGap(gap: Gap): Record<keyof Gap, unknown> {
  const { stream, from, to, state, foundAtMs, requestedAtMs, deadlineMs, inferRequestedAtMs, method } = gap;
  const { resolvedAtMs, missing, cameLateAtMs } = gap;
  const asked = { requestedAtMs, deadlineMs, inferRequestedAtMs, method };
  return { stream, from, to, state, foundAtMs, ...asked, resolvedAtMs, missing, cameLateAtMs };
}

/** Reads documents row by row, in their order. */
export function rowsOf(documents: readonly DocumentSnapshot[]): GapRows {
  const gaps: Versioned<Gap>[] = [];
  const unreadable: UnreadableGap[] = [];
  for (const snapshot of documents) {
    const { data, error } = gapFields.safeParse(snapshot.data());
    if (error) unreadable.push(unreadableRow(snapshot, spellIssues(error)));
    else if (!isInItsPlace(snapshot, data))
      unreadable.push(unreadableRow(snapshot, 'from, stream: not as it is named'));
    else gaps.push({ value: data, version: versionThere(snapshot) });
  }
  return { gaps, unreadable };
}

/** Whether a row is where it would be saved. */
function isInItsPlace({ id, ref }: DocumentSnapshot, { stream, from }: Gap): boolean {
  return stream === streamOf(ref) && from === firstIdOf(id);
}

/** A row with the fields that can be read. Its name tells the first id, since only whoever made it could choose that. */
function unreadableRow(snapshot: DocumentSnapshot, reason: string): UnreadableGap {
  const from = firstIdOf(snapshot.id) ?? 0;
  const to: unknown = snapshot.get('to');
  const state = gapFields.shape.state.safeParse(snapshot.get('state')).data;
  return { stream: streamOf(snapshot.ref), from, to: isId(to) && to >= from ? to : undefined, state, reason };
}

function streamOf({ parent }: DocumentSnapshot['ref']): string {
  return parent.parent?.id ?? '';
}
