import type { DocumentSnapshot } from '@google-cloud/firestore';
import { z } from 'zod';
import { eventIdSchema } from '../event.ts';
import { gapStates, maxShortGap, methods, type Gap } from '../gaps/gap.ts';
import { sizeOf } from '../gaps/range.ts';
import type { GapRows, UnreadableGap, Versioned } from '../ports.ts';
import { spellIssues } from '../zod-issues.ts';
import { versionThere } from './document.ts';

/** The number of digits of the highest id, 2^53 − 1. Names of equal length sort in the order of ids. */
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
    confidence: z.number().exactOptional(),
    existed: z.number().exactOptional(),
    resolvedAtMs: z.number().exactOptional(),
    missing: z.number().exactOptional(),
    inferred: z.number().exactOptional(),
    cameLateAtMs: z.number().exactOptional(),
    assumed: z.literal(true).exactOptional(),
    why: z.string().exactOptional(),
    letterFrom: eventIdSchema.exactOptional(),
    letterFoundAtMs: z.number().exactOptional(),
    isUntold: z.literal(true).optional(),
    isReset: z.literal(true).exactOptional(),
    askedAgain: z.object({ count: z.number(), atMs: z.number(), deadlineMs: z.number() }).exactOptional(),
    inTimeOriginals: z.number().exactOptional(),
    inTimeVoids: z.number().exactOptional(),
    lateOriginals: z.number().exactOptional(),
    lateVoids: z.number().exactOptional(),
    denied: z.array(z.object({ from: eventIdSchema, to: eventIdSchema })).exactOptional(),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'below from' });

/** Returns the name of a gap's document. */
export function nameOf(from: number): string {
  return String(from).padStart(idDigits, '0');
}

/** Returns the first id of a gap from the name of its document. Undefined for an invalid name. */
export function firstIdOf(name: string): number | undefined {
  const id = Number(name);
  return isId(id) && nameOf(id) === name ? id : undefined;
}

export function isId(value: unknown): value is number {
  return eventIdSchema.safeParse(value).success;
}

/**
 * Returns every field of a row, also those without a value, so that saving the row deletes them. Only a long gap has
 * the field `longTo`, its last id, so that few rows are in the index of this field.
 */
export function fieldsOfGap(gap: Gap): Record<keyof Gap | 'longTo', unknown> {
  const { stream, from, to, state, foundAtMs, requestedAtMs, deadlineMs, inferRequestedAtMs } = gap;
  const { method, confidence, existed, inTimeOriginals, inTimeVoids, lateOriginals, lateVoids, denied } = gap;
  const { resolvedAtMs, missing, cameLateAtMs, assumed, why, letterFrom, letterFoundAtMs, isUntold, isReset } = gap;
  const asked = { requestedAtMs, deadlineMs, inferRequestedAtMs, askedAgain: gap.askedAgain };
  const inference = { method, confidence, existed, inferred: gap.inferred };
  const answers = { inTimeOriginals, inTimeVoids, lateOriginals, lateVoids, denied };
  const ended = { resolvedAtMs, missing, cameLateAtMs, assumed, why, letterFrom, letterFoundAtMs, isUntold, isReset };
  const longTo = sizeOf(gap) > maxShortGap ? to : undefined;
  return { stream, from, to, state, foundAtMs, ...asked, ...inference, ...answers, ...ended, longTo };
}

/** Reads documents as rows, in their order. A malformed row does not hide the others. */
export function rowsOf(documents: readonly DocumentSnapshot[]): GapRows {
  const gaps: Versioned<Gap>[] = [];
  const unreadable: UnreadableGap[] = [];
  for (const snapshot of documents) {
    const { data, error } = gapFields.safeParse(snapshot.data());
    if (error) unreadable.push(unreadableRow(snapshot, spellIssues(error)));
    else if (!isInItsPlace(snapshot, data))
      unreadable.push(unreadableRow(snapshot, 'from, stream: do not match the name of the document'));
    else gaps.push({ value: data, version: versionThere(snapshot) });
  }
  return { gaps, unreadable };
}

/** Whether the document of a row has the name that the row would be saved under. */
function isInItsPlace({ id, ref }: DocumentSnapshot, { stream, from }: Gap): boolean {
  return stream === streamOf(ref) && from === firstIdOf(id);
}

/** Returns the readable fields of a malformed row. The first id comes from the document's name, which cannot change. */
function unreadableRow(snapshot: DocumentSnapshot, reason: string): UnreadableGap {
  const from = firstIdOf(snapshot.id) ?? 0;
  const to: unknown = snapshot.get('to');
  const state = gapFields.shape.state.safeParse(snapshot.get('state')).data;
  return { stream: streamOf(snapshot.ref), from, to: isId(to) && to >= from ? to : undefined, state, reason };
}

function streamOf({ parent }: DocumentSnapshot['ref']): string {
  return parent.parent?.id ?? '';
}
