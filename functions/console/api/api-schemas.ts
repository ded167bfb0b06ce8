import { z } from 'zod';
import { recordStates } from '../../../shared/dead-letter/dead-letter.ts';
import { codes } from '../../../shared/failure.ts';
import { functionNames } from '../../../shared/topology.ts';
import { entrySchema, streamAnswers, timeSchema } from './stream-schemas.ts';

/* The shapes of answers, for the OpenAPI description. A test compares them with what the server answers. */

const head = {
  id: z.string(),
  state: z.enum(recordStates),
  because: z.enum(['failed', 'no answer', 'reopened']).optional(),
  outcome: z.enum(['published', 'already there', 'unconfirmed', 'resolved']).optional(),
  note: z.string().optional(),
  sentAt: timeSchema.optional(),
  dueAt: timeSchema.optional(),
  expireAt: timeSchema.optional(),
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
  failedAt: timeSchema,
  firstAt: timeSchema,
  filedAt: timeSchema,
  bytes: z.int().optional(),
  isKept: z.boolean().optional(),
  isGap: z.boolean(),
  hasDraft: z.boolean(),
  erasedAt: timeSchema.optional(),
};
const letterSchema = z.strictObject(head);

/** The head after a change. `changedSince`: the request was made before, and this is the letter as it is now. */
const changedHead = { ...head, changedSince: z.boolean().optional() };
const changedLetterSchema = z.strictObject(changedHead);

const wholeLetterSchema = z.strictObject({
  ...head,
  root: z.string(),
  messageIds: z.array(z.string()),
  history: z.array(
    z.strictObject({
      at: timeSchema,
      by: z.string(),
      did: z.string(),
      replay: z.int(),
      note: z.string().optional(),
      job: z.string().optional(),
    }),
  ),
  entry: z.strictObject({
    holds: z.enum(['published', 'already there']).optional(),
    mayBePublished: z.boolean(),
    entries: z.array(entrySchema),
  }),
});

/** The head, and what would become of the edit. If the letter was changed since a repeated request: the head alone. */
const checkedLetterSchema = z.strictObject({
  ...changedHead,
  valid: z.boolean().optional(),
  failure: z
    .strictObject({ code: z.enum(codes), meaning: z.string(), stage: z.enum(functionNames), detail: z.string() })
    .optional(),
  diff: z
    .array(z.strictObject({ path: z.string(), before: z.string().optional(), after: z.string().optional() }))
    .optional(),
  attributeDiff: z
    .array(z.strictObject({ name: z.string(), before: z.string().optional(), after: z.string().optional() }))
    .optional(),
  becomes: z
    .array(
      z.strictObject({
        stream: z.string(),
        type: z.string(),
        id: z.int().optional(),
        uuid: z.string().optional(),
        key: z.string(),
      }),
    )
    .optional(),
  eventCount: z.int().optional(),
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
  asOf: timeSchema,
});

const message = {
  encoding: z.enum(['text', 'base64']),
  data: z.string(),
  bytes: z.int(),
  attributes: z.record(z.string(), z.string()),
  editable: z.array(z.string()),
  masked: z.union([z.array(z.string()), z.literal('all')]),
};
const messageSchema = z.strictObject(message);
const letterBodySchema = z.strictObject({ version: z.enum(['original', 'draft']), revision: z.int(), ...message });

/** The data of an event of the changes: of a letter, or of streams that were swept. */
const changeSchema = z.union([
  z.strictObject({ streams: z.array(z.string()) }),
  z.strictObject({
    letter: z.string(),
    state: z.enum(recordStates),
    revision: z.int(),
    by: z.string(),
    did: z.string(),
    replay: z.int(),
    note: z.string().optional(),
    job: z.string().optional(),
    at: timeSchema,
  }),
]);

const job = {
  id: z.string(),
  state: z.enum(['planned', 'running', 'paused', 'stopped', 'done', 'expired']),
  action: z.enum(['replay', 'discard', 'reopen']),
  by: z.string(),
  runBy: z.string().optional(),
  note: z.string(),
  replace: z.boolean(),
  hasPatch: z.boolean(),
  chosenBy: z.string(),
  createdAt: timeSchema,
  matched: z.int(),
  published: z.int(),
  done: z.int(),
  cameBack: z.int(),
  invalid: z.int(),
  changed: z.int(),
  skipped: z.int(),
  left: z.int(),
};
const jobSchema = z.strictObject(job);

/** The first letters of a plan with what would become of them, and the ids that no letter has. */
const triedLetters = {
  tried: z.array(
    z.strictObject({
      id: z.string(),
      result: z.enum(['ok', 'invalid', 'changed', 'skipped']),
      why: z.string().optional(),
    }),
  ),
  unknown: z.array(z.string()),
};
const { action, chosenBy, matched, skipped, left } = job;
const plannedJobSchema = z.union([
  z.strictObject({ ...job, ...triedLetters }),
  z.strictObject({ dryRun: z.literal(true).optional(), action, chosenBy, matched, skipped, left, ...triedLetters }),
]);

const jobResultsSchema = z.strictObject({
  results: z.array(
    z.strictObject({
      id: z.string(),
      result: z.enum(['published', 'done', 'cameBack', 'invalid', 'changed', 'skipped', 'left']),
      why: z.string().optional(),
    }),
  ),
  next: z.string().optional(),
});

const erasureSchema = z.strictObject({
  found: z.array(
    z.strictObject({
      kind: z.enum(['letter', 'event']),
      id: z.string(),
      stream: z.string().optional(),
      eventId: z.int().optional(),
      result: z.enum(['found', 'erased', 'waits', 'unreadable']),
    }),
  ),
  letters: z.int(),
  events: z.int(),
  next: z.string().optional(),
  condition: z.string().optional(),
});

const sessionSchema = z.strictObject({
  caller: z.strictObject({ name: z.string(), role: z.enum(['viewer', 'operator']) }),
  token: z.string(),
});

export const errorSchema = z.looseObject({
  error: z.strictObject({ code: z.string(), message: z.string(), next: z.string() }),
});

/** A line of the export. The last one says how many there are. */
const exportedSchema = z.union([
  z.strictObject({ ...head, root: z.string(), original: messageSchema, draft: messageSchema.optional() }),
  z.strictObject({ exported: z.int(), complete: z.boolean() }),
]);

const booksSchema = z.strictObject({
  streams: z.array(z.strictObject({ stream: z.string(), difference: z.int(), findings: z.array(z.string()) })),
  isMore: z.boolean(),
  asOf: timeSchema,
});

/** The description of an address in OpenAPI. */
const openApiSchema = z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.looseObject({})) });

/** The shape of each answer, by method and path. Two answers are no JSON objects: see `streamedAnswers`. */
export const answerSchemas: Readonly<Record<string, z.ZodType>> = {
  ...streamAnswers,
  'GET /api/session': sessionSchema,
  'GET /api/books': booksSchema,
  'GET /api/dead-letters': letterListSchema,
  'GET /api/dead-letters/counts': letterCountsSchema,
  'GET /api/dead-letters/{id}': wholeLetterSchema,
  'GET /api/dead-letters/{id}/body': letterBodySchema,
  'POST /api/dead-letters/{id}/check': checkedLetterSchema,
  'PUT /api/dead-letters/{id}/draft': checkedLetterSchema,
  'DELETE /api/dead-letters/{id}/draft': changedLetterSchema,
  'POST /api/dead-letters/{id}/replay': changedLetterSchema,
  'POST /api/dead-letters/{id}/discard': changedLetterSchema,
  'POST /api/dead-letters/{id}/reopen': changedLetterSchema,
  'POST /api/jobs': plannedJobSchema,
  'GET /api/jobs': z.strictObject({ jobs: z.array(jobSchema) }),
  'GET /api/jobs/{id}': jobSchema,
  'POST /api/jobs/{id}/run': jobSchema,
  'POST /api/jobs/{id}/stop': jobSchema,
  'GET /api/jobs/{id}/results': jobResultsSchema,
  'POST /api/erase': erasureSchema,
  'GET /api/openapi.json': openApiSchema,
};

/** The answers that are streams, with the shape of a line, or of the data of an event. */
export const streamedAnswers: Readonly<Record<string, { readonly type: string; readonly schema: z.ZodType }>> = {
  'GET /api/dead-letters/export': { type: 'application/x-ndjson', schema: exportedSchema },
  'GET /api/changes': { type: 'text/event-stream', schema: changeSchema },
};
