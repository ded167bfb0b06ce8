import { z } from 'zod';
import { measures } from '../../../shared/anomalies/anomaly.ts';
import { recordStates } from '../../../shared/dead-letter/dead-letter.ts';
import { codes } from '../../../shared/failure.ts';
import { gapStates } from '../../../shared/gaps/gap.ts';
import { functionNames } from '../../../shared/topology.ts';

/* The shapes of answers about streams, gaps and ids, for the OpenAPI description. */

/** A time as RFC 3339. */
export const timeSchema = z.iso.datetime();

const totals = z.strictObject({ clean: z.int(), suspect: z.int(), reconstructed: z.int(), closed: z.int() });

const stream = {
  stream: z.string(),
  first: z.int().optional(),
  highWater: z.int().optional(),
  watermark: z.int().optional(),
  lag: z.int().optional(),
  behindSince: timeSchema.optional(),
  perMinute: z.number().optional(),
  unresolvedGaps: z.int(),
  revisions: z.int(),
  sweptAt: timeSchema.optional(),
  beganAt: timeSchema.optional(),
  otherFronts: z.int(),
  fronts: z.array(z.strictObject({ first: z.int(), last: z.int(), grewAt: timeSchema })),
  outliers: z.int(),
  outlierIds: z.array(z.int()),
  unnumbered: z.strictObject({ latest: timeSchema.optional(), lastDay: totals }).optional(),
};
const streamSchema = z.strictObject(stream);

const advisedStreamSchema = z.strictObject({
  ...stream,
  resetFrom: z.int().optional(),
  doubtfulGaps: z.int(),
  offStep: z.int().optional(),
  advice: z.array(z.string()),
});

const gap = {
  from: z.int(),
  to: z.int(),
  ids: z.int(),
  state: z.enum(gapStates),
  states: z.array(z.enum(gapStates)),
  foundAt: timeSchema,
  resendAskedAt: timeSchema.optional(),
  askedAgainAt: timeSchema.optional(),
  askedAgainDeadline: timeSchema.optional(),
  inferenceAskedAt: timeSchema.optional(),
  deadline: timeSchema.optional(),
  missing: z.int().optional(),
  inferred: z.int().optional(),
  method: z.string().optional(),
  confidence: z.number().optional(),
  existed: z.number().optional(),
  resolvedAt: timeSchema.optional(),
  assumed: z.literal(true).optional(),
  why: z.string().optional(),
  doubt: z.string().optional(),
  letterFrom: z.int().optional(),
  isUntold: z.literal(true).optional(),
  cameLateAt: timeSchema.optional(),
  isReset: z.literal(true).optional(),
};

const gapsSchema = z.strictObject({
  stream: z.string(),
  unresolved: z.int(),
  isRecovered: z.boolean(),
  isCut: z.boolean(),
  gaps: z.array(z.strictObject(gap)),
  unreadable: z.array(z.string()),
});

const ledgerSchema = z.strictObject({
  stream: z.string(),
  isUnnumbered: z.boolean(),
  revisions: z.int(),
  gaps: z.array(z.strictObject(gap)),
  unreadable: z.array(z.string()),
  next: z.int().optional(),
});

const openGapsSchema = z.strictObject({
  gaps: z.array(z.strictObject({ stream: z.string(), ...gap })),
  streams: z.array(z.strictObject({ stream: z.string(), unresolved: z.int(), unreadable: z.int() })),
  next: z.string().optional(),
});

const reconciliationSchema = z.strictObject({
  stream: z.string(),
  list: z.string(),
  comparedUpTo: timeSchema.optional(),
  lastAt: timeSchema.optional(),
  lastItems: z.int().optional(),
  lastMissing: z.int().optional(),
  missing: z.int(),
  unreadable: z.int(),
  lost: z.strictObject({ from: timeSchema, to: timeSchema }).optional(),
  trouble: z.strictObject({ what: z.string(), since: timeSchema }).optional(),
  losesFrom: timeSchema.optional(),
});

/** An entry of an id or a uuid in the store. */
export const entrySchema = z.strictObject({
  state: z.enum(['clean', 'suspect', 'reconstructed', 'closed', 'void']),
  published: z.boolean(),
  supersedes: z.boolean(),
  possibleDuplicate: z.boolean(),
  replacement: z.int(),
  type: z.string().optional(),
  timestamp: timeSchema.optional(),
  idempotencyKey: z.string().optional(),
  entityHash: z.string().optional(),
});

const tracedLetter = z.strictObject({
  id: z.string(),
  failedAt: timeSchema,
  filedAt: timeSchema,
  stream: z.string().optional(),
  eventId: z.int().optional(),
  uuid: z.string().optional(),
  code: z.enum(codes),
  meaning: z.string(),
  stage: z.enum(functionNames),
  detail: z.string(),
  status: z.enum(recordStates),
  isKept: z.boolean().optional(),
  bytes: z.int().optional(),
  times: z.int(),
});

const story = {
  stream: z.string(),
  entries: z.array(entrySchema),
  letters: z.array(tracedLetter),
  /** The same in words. */
  story: z.strictObject({ state: z.string(), lines: z.array(z.strictObject({ name: z.string(), text: z.string() })) }),
};
const storySchema = z.union([
  z.strictObject({
    ...story,
    eventId: z.int(),
    whereabouts: z.looseObject({ where: z.string() }),
    offStep: z.int().optional(),
    sweptAt: timeSchema.optional(),
    highest: z.int().optional(),
    isBlockStored: z.boolean(),
    rememberedUntil: timeSchema.optional(),
    gaps: z.array(z.strictObject(gap)),
    unreadableGaps: z.array(z.string()).optional(),
  }),
  z.strictObject({
    ...story,
    uuid: z.string(),
    bucket: z
      .strictObject({
        fromMs: z.number(),
        from: timeSchema,
        lengthMs: z.number(),
        isStored: z.boolean(),
        page: z.string(),
        expireAtMs: z.number().optional(),
        rememberedUntil: timeSchema.optional(),
      })
      .optional(),
  }),
]);

const counted = z.strictObject({ count: z.int(), isMore: z.boolean() });

const statusSchema = z.strictObject({
  isWell: z.boolean(),
  asOf: timeSchema,
  concerns: z.array(
    z.strictObject({
      about: z.enum(['books', 'letters', 'gaps', 'stream', 'comparison']),
      stream: z.string().optional(),
      text: z.string(),
    }),
  ),
  letters: z.strictObject({
    byState: z.record(z.enum(recordStates), counted),
    lastHour: counted,
    mostCode: z.enum(codes).optional(),
    oldestOpenAt: timeSchema.optional(),
  }),
  streams: z.strictObject({
    count: z.int(),
    isMore: z.boolean(),
    lag: z.int(),
    unresolvedGaps: z.int(),
    neverSwept: z.int(),
    sweptAt: timeSchema.optional(),
  }),
});

const anomalySchema = z.strictObject({
  stream: z.string(),
  type: z.string(),
  start: timeSchema,
  end: timeSchema,
  measure: z.enum(measures),
  value: z.number(),
  expected: z.number(),
  score: z.number(),
});

/** The answers about streams and what they hold, by method and path. */
export const streamAnswers: Readonly<Record<string, z.ZodType>> = {
  'GET /api/status': statusSchema,
  'GET /api/streams': z.strictObject({ streams: z.array(streamSchema), next: z.string().optional() }),
  'GET /api/streams/{stream}': streamSchema,
  'GET /api/streams/{stream}/advice': advisedStreamSchema,
  'GET /api/streams/{stream}/ledger': ledgerSchema,
  'GET /api/streams/{stream}/gaps': gapsSchema,
  'GET /api/streams/{stream}/ids/{id}': storySchema,
  'GET /api/gaps': openGapsSchema,
  'GET /api/reconciliations': z.strictObject({ reconciliations: z.array(reconciliationSchema) }),
  'POST /api/streams/{stream}/gaps/{from}/ask': z.strictObject({ stream: z.string(), from: z.int(), to: z.int() }),
  'GET /api/anomalies': z.strictObject({ anomalies: z.array(anomalySchema) }),
  'POST /api/recheck': z.strictObject({ checked: z.int() }),
};
