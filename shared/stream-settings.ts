import { z } from 'zod';
import {
  count,
  eventId,
  flag,
  memberPath,
  milliseconds,
  oneOf,
  pointers,
  share,
  weight,
  wholeNumber,
  zodSchema,
} from './setting-kinds.ts';
import { watchSchema } from './anomalies/watch-settings.ts';
import { keyRules } from './identity.ts';
import { recordMappingSchema } from './record-mapping.ts';
import { listSchema } from './reconciliation/list-settings.ts';
import { findSchema } from './recovery/find-settings.ts';
import { retentionMs } from './topology.ts';

/** The settings of identity as they stand in another deployment, all of them. */
const otherIdentitySchema = z.strictObject(
  { key: oneOf(...keyRules).optional(), ignore: pointers().optional() },
  { error: 'an object with key and ignore, and nothing else' },
);
const otherIgnoreSchema = z.strictObject(
  { ignore: pointers().optional() },
  { error: 'an object with ignore, and nothing else' },
);

/** The settings of a stream. Each setting is declared here and nowhere else. */
export const streamSettingsSchema = z.object({
  graceMs: milliseconds(0).default(60_000).describe('how long a gap may stay open before the producer is asked'),
  resendTimeoutMs: milliseconds(0).default(300_000).describe('how long a producer has to answer a request to resend'),
  maxGap: count(1).default(1_000).describe('the maximum number of ids in a gap that is inferred, and in a void'),
  maxJump: count(1)
    .default(1_000_000)
    .describe('the maximum distance, in expected ids, of a new id above the highest id held below it'),
  minConfidence: share().default(0.8).describe('an inferred event with a lower confidence is not published'),
  assumedOriginals: weight(0.001)
    .default(10)
    .describe('the number of late events assumed before any came, for the confidence that a missing event existed'),
  assumedVoids: weight(0)
    .default(0.1)
    .describe('the number of late voids assumed before any came, for the same confidence'),
  windowMs: milliseconds(
    retentionMs,
    ', because Pub/Sub keeps messages that long (retentionDays of topology.json), and redelivered messages must be recognised',
  )
    .default(14 * 24 * 3_600_000)
    .describe('how long ids are remembered; no less than Pub/Sub keeps messages (7 days)'),
  duplicates: oneOf('letter', 'count')
    .default('letter')
    .describe("`'letter'`: a duplicate becomes a dead letter; `'count'`: it is only counted"),
  uuid: oneOf('sequence', 'global')
    .default('sequence')
    .describe(
      "`'sequence'`: a uuid is unique within its id; `'global'`: in the whole stream, which costs one more write for each event",
    ),
  key: oneOf(...keyRules)
    .optional()
    .describe(
      "what makes two messages the same event; by default the uuid where there is one, and otherwise `'event_id+timestamp'`",
    ),
  ignore: pointers()
    .optional()
    .describe('members that differ between two deliveries of one event, such as `/attempt`: they are not compared'),
  next: otherIdentitySchema
    .optional()
    .describe('`key` and `ignore` as they will stand in the next deployment, while they are being changed'),
  formerly: otherIdentitySchema
    .optional()
    .describe('`key` and `ignore` as they stood before, for one `windowMs` after they were changed'),
  recover: flag()
    .default(true)
    .describe(
      '`true`: missing events are asked for and inferred; `false`: they are only listed, and given up after `windowMs`',
    ),
  numbering: z
    .union(
      [
        oneOf('consecutive', 'none'),
        z.strictObject({ step: wholeNumber(2) }),
        z.strictObject({ holes: oneOf('normal') }),
      ],
      {
        error: "one of 'consecutive', 'none', { step: a whole number, 2 or more }, { holes: 'normal' }",
      },
    )
    .default('consecutive')
    .describe(
      "which ids are expected: `{ step: 10 }`: every tenth; `{ holes: 'normal' }`: all, but a hole is usually no loss; `'none'`: events have no ids",
    ),
  bucketMs: count(10)
    .default(1_000)
    .describe(
      'of an unnumbered stream: the milliseconds of events that share a document; best 1,000 events (57,600,000 at one a minute). A change is a reset',
    ),
  maxStreams: count(1)
    .default(1_000)
    .describe(
      'the maximum number of streams that the events of a source may make; set under the name of the source, or for `events` under `default`',
    ),
  backfill: flag()
    .default(false)
    .describe(
      'of an unnumbered stream: `true` accepts events that are older than `windowMs`, while their history is loaded',
    ),
  find: findSchema
    .optional()
    .describe(
      'of a numbered stream: where a system of record has missing events: see [systems of record](../systems.md#missing-events)',
    ),
  list: listSchema
    .optional()
    .describe(
      'of an unnumbered stream: the list of a system of record with which the stream is compared: see [reconciliation](../reconciliation.md)',
    ),
  doubt: z
    .object(
      { near: share(), far: share(), pairs: count(0) },
      { error: 'an object { near: a number from 0 to 1, far: a number from 0 to 1, pairs: a number, 0 or more }' },
    )
    .default({ near: 0.2, far: 0.125, pairs: 16 })
    .describe(
      'the shares of the nearest 16 and 256 pairs of neighbours with a hole that make a gap doubtful, and the pairs that inference needs',
    ),
  storedMs: milliseconds(
    retentionMs,
    ', because Pub/Sub keeps messages that long (retentionDays of topology.json), and an event that comes again would be stored again',
  )
    .optional()
    .describe(
      'how long the function `store` keeps a clean event in Firestore; no less than Pub/Sub keeps messages (7 days). By default for ever',
    ),
  start: eventId()
    .optional()
    .describe(
      'the first id of the stream: the ids from it up to the first front are missing, and lower ids play no part',
    ),
});

export type StreamSettings = Readonly<z.output<typeof streamSettingsSchema>>;

export const defaultStreamSettings: StreamSettings = streamSettingsSchema.parse({});

/** The settings of a type of event. */
export const typeDefinitionSchema = z.object(
  {
    // The schema reports its first 16 issues, also where else it is used. If a schema contains itself, data of more
    // than some 700 levels does not fit. Two kinds of schemas are slow. An intersection of two open objects takes
    // quadratic time in the number of members: use `a.extend(b.shape)` and not `a.and(b)`. `.catch()` in an array takes
    // 2.5 s for 0.57 MB of elements that do not fit.
    payload: zodSchema()
      .optional()
      .describe(
        'the schema of `data`, written with [zod](https://zod.dev). Data that does not fit is `ERR_INVALID_PAYLOAD`',
      ),
    system: oneOf('hubspot', 'stripe', 'twilio')
      .optional()
      .describe('the system of record that knows the truth about the type'),
    consult: z
      .union([oneOf('invalid', 'never', 'always'), z.object({ share: share() })], {
        error: "one of 'invalid', 'never', 'always', { share: a number from 0 to 1 }",
      })
      .default('invalid')
      .describe(
        "when the system is asked: `'invalid'` (events with `valid: false`), `'always'`, `{ share: 0.05 }` of all events, `'never'`",
      ),
    record: recordMappingSchema
      .optional()
      .describe(
        'the record in the system that an event is compared with: see [systems of record](../systems.md). Without it nothing is looked up',
      ),
    undecided: oneOf('pass', 'refuse')
      .default('pass')
      .describe(
        "what becomes of a valid event that could not be checked: `'pass'`: it is published as `unverified`; `'refuse'`: it is `ERR_INCORRECT`",
      ),
    watch: watchSchema
      .optional()
      .describe('how the events of the type are watched for [anomalies](../anomalies.md), and what an anomaly causes'),
    inferable: flag()
      .optional()
      .describe(
        'whether a missing event may be inferred as this type; by default yes, except for a type that is always checked',
      ),
    ignore: pointers()
      .optional()
      .describe('members that differ between two deliveries of one event, beside those of the stream'),
    next: otherIgnoreSchema.optional().describe('`ignore` as it will stand in the next deployment'),
    formerly: otherIgnoreSchema.optional().describe('`ignore` as it stood before'),
    entity: memberPath()
      .optional()
      .describe(
        "the path of the entity in the event, such as `data.case`. Missing events are inferred from the entity's history",
      ),
  },
  { error: 'an object with settings of the type' },
);

export type TypeDefinition = Readonly<z.input<typeof typeDefinitionSchema>>;
