import type { DocumentSnapshot } from '@google-cloud/firestore';
import { z } from 'zod';
import { InvariantError } from '../errors.ts';
import { eventIdSchema } from '../event.ts';
import { readOldProgress } from '../gaps/old-progress.ts';
import { maxForgotten, type Progress } from '../gaps/progress.ts';
import type { Versioned } from '../ports.ts';
import { spellIssues } from '../zod-issues.ts';
import { versionThere } from './document.ts';

const rangeFields = z.object({ from: eventIdSchema, to: eventIdSchema });

const progressFields = z.object({
  pieces: z.array(rangeFields.extend({ sinceMs: z.number(), atMs: z.number(), isScanned: z.boolean() })),
  forgotten: z.array(rangeFields).max(maxForgotten),
  told: z.array(eventIdSchema),
  sweptAtMs: z.number().optional(),
  wokeAtMs: z.number().optional(),
  sinceMs: z.number().optional(),
  gaveUpAtMs: z.number().optional(),
  doubtToldAtMs: z.number().optional(),
  hasUntold: z.literal(true).optional(),
  sequencesToldAtMs: z.number().optional(),
  hasDropped: z.boolean(),
  dropCount: z.number().optional(),
  dropped: z.array(rangeFields.extend({ sinceMs: z.number(), atMs: z.number().optional() })).optional(),
  advancedTo: z.number().optional(),
  readUpTo: z.number().optional(),
  reset: z
    .object({ from: eventIdSchema, atMs: z.number().exactOptional(), isSettled: z.literal(true).exactOptional() })
    .optional(),
});

const oldFields = z.object({
  first: z.number().optional(),
  highWater: z.number(),
  scanned: z.number(),
  floor: z.number(),
  samples: z.array(z.object({ sinceMs: z.number(), atMs: z.number(), highWater: z.number() })),
});

/** The fields that only older releases have stored. They are deleted when the document is saved. */
const oldNames = ['first', 'highWater', 'watermark', 'scanned', 'floor', 'samples'] as const;

/** Returns every field of the document, also those without a value, so that saving it deletes them. */
export function fieldsOfProgress(progress: Progress): Readonly<Record<string, unknown>> {
  const { pieces, forgotten, told, sweptAtMs, wokeAtMs, sinceMs, gaveUpAtMs, doubtToldAtMs } = progress;
  const { hasUntold, sequencesToldAtMs, hasDropped, dropCount, dropped, advancedTo, readUpTo, reset } = progress;
  const times = { sweptAtMs, wokeAtMs, sinceMs, gaveUpAtMs, doubtToldAtMs, sequencesToldAtMs };
  const positions = { advancedTo, readUpTo };
  const fields = { pieces, forgotten, told, ...times, hasUntold, hasDropped, dropCount, dropped, ...positions, reset };
  return { ...Object.fromEntries(oldNames.map((name) => [name, undefined])), ...fields };
}

/**
 * Reads the progress of a stream. Undefined if the document has none: it may exist before the first sweep of the stream.
 *
 * @throws InvariantError if the document is malformed.
 */
export function progressIn(snapshot: DocumentSnapshot): Versioned<Progress> | undefined {
  if (snapshot.get('pieces') === undefined && snapshot.get('samples') === undefined) return undefined;
  return { value: readProgress(snapshot), version: versionThere(snapshot) };
}

function readProgress(snapshot: DocumentSnapshot): Progress {
  const isOld = snapshot.get('pieces') === undefined;
  const old = isOld ? oldFields.safeParse(snapshot.data()) : undefined;
  if (old?.success) return readOldProgress(snapshot.id, old.data);
  const { data, error } = progressFields.safeParse(snapshot.data());
  const problem = old?.error ?? error;
  if (!data || problem)
    throw new InvariantError(`the progress of ${snapshot.id} cannot be read: ${problem ? spellIssues(problem) : ''}`);
  const { sweptAtMs, ...rest } = data;
  return { stream: snapshot.id, sweptAtMs, ...rest };
}
