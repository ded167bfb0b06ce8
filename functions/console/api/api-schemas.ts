import { z } from 'zod';
import { recordStates } from '../../../shared/dead-letter/dead-letter.ts';
import { codes } from '../../../shared/failure.ts';
import { functionNames } from '../../../shared/topology.ts';

/* The shapes of answers, for the OpenAPI description. A test compares them with what the server answers. */

const time = z.iso.datetime();

const letterSchema = z.strictObject({
  id: z.string(),
  state: z.enum(recordStates),
  because: z.enum(['failed', 'no answer', 'reopened']).optional(),
  outcome: z.enum(['published', 'already there', 'unconfirmed']).optional(),
  note: z.string().optional(),
  sentAt: time.optional(),
  dueAt: time.optional(),
  expireAt: time.optional(),
  revision: z.int(),
  replay: z.int(),
  code: z.enum(codes),
  meaning: z.string(),
  stage: z.enum(functionNames),
  detail: z.string(),
  reason: z.string(),
  source: z.string(),
  stream: z.string().optional(),
  type: z.string().optional(),
  eventId: z.int().optional(),
  uuid: z.string().optional(),
  failedAt: time,
  firstAt: time,
  filedAt: time,
  bytes: z.int().optional(),
  isKept: z.boolean().optional(),
  isGap: z.boolean(),
  hasDraft: z.boolean(),
});

const letterListSchema = z.strictObject({
  letters: z.array(letterSchema),
  next: z.string().optional(),
  scanned: z.int(),
});

const letterCountsSchema = z.strictObject({
  groups: z.array(
    z.strictObject({ value: z.string(), text: z.string().optional(), count: z.int(), isMore: z.boolean() }),
  ),
  asOf: time,
});

const letterBodySchema = z.strictObject({
  version: z.enum(['original', 'draft']),
  revision: z.int(),
  encoding: z.enum(['text', 'base64']),
  data: z.string(),
  bytes: z.int(),
  attributes: z.record(z.string(), z.string()),
  masked: z.union([z.array(z.string()), z.literal('all')]),
});

export const jobSchema = z.strictObject({
  id: z.string(),
  state: z.enum(['planned', 'running', 'paused', 'stopped', 'done']),
  action: z.enum(['replay', 'discard', 'reopen']),
  by: z.string(),
  note: z.string(),
  replace: z.boolean(),
  hasPatch: z.boolean(),
  chosenBy: z.string(),
  createdAt: time,
  matched: z.int(),
  published: z.int(),
  done: z.int(),
  cameBack: z.int(),
  invalid: z.int(),
  changed: z.int(),
  skipped: z.int(),
  left: z.int(),
});

const sessionSchema = z.strictObject({
  caller: z.strictObject({ name: z.string(), role: z.enum(['viewer', 'operator']) }),
  token: z.string(),
});

export const errorSchema = z.looseObject({
  error: z.strictObject({ code: z.string(), message: z.string(), next: z.string() }),
});

export const askedGapSchema = z.strictObject({ stream: z.string(), from: z.int(), to: z.int() });

/** The answers whose shape is declared, by method and path. */
export const answerSchemas: Readonly<Record<string, z.ZodType>> = {
  'GET /api/session': sessionSchema,
  'POST /api/streams/{stream}/gaps/{from}/ask': askedGapSchema,
  'GET /api/dead-letters': letterListSchema,
  'GET /api/dead-letters/counts': letterCountsSchema,
  'GET /api/dead-letters/{id}/body': letterBodySchema,
  'POST /api/dead-letters/{id}/replay': letterSchema,
  'POST /api/dead-letters/{id}/discard': letterSchema,
  'POST /api/dead-letters/{id}/reopen': letterSchema,
  'DELETE /api/dead-letters/{id}/draft': letterSchema,
  'POST /api/jobs': jobSchema,
  'GET /api/jobs/{id}': jobSchema,
  'POST /api/jobs/{id}/run': jobSchema,
  'POST /api/jobs/{id}/stop': jobSchema,
};
