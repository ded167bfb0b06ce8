import { z } from 'zod';
import { count, eventId, flag, memberPath, milliseconds, oneOf, share, zodSchema } from './setting-kinds.ts';
import { retentionMs } from './topology.ts';

/** How one stream is treated. A setting is declared here and nowhere else. */
export const streamSettingsSchema = z.object({
  graceMs: milliseconds(0).default(60_000).describe('how long a gap may stay open before the producer is asked'),
  resendTimeoutMs: milliseconds(0).default(300_000).describe('how long a producer has to answer a request to resend'),
  maxGap: count(1).default(1_000).describe('the longest range that is inferred, and the most ids of one void'),
  maxJump: count(1).default(1_000_000).describe('how far above the highest id a new one may be'),
  minConfidence: share().default(0.8).describe('an inferred event with a lower confidence is not published'),
  windowMs: milliseconds(
    retentionMs,
    ': Pub/Sub keeps messages for so long (retentionDays of topology.json), and a message that comes again must be recognised',
  )
    .default(14 * 24 * 3_600_000)
    .describe('how long ids are remembered; no less than Pub/Sub keeps messages (7 days)'),
  duplicates: oneOf('letter', 'count')
    .default('letter')
    .describe("`'letter'`: a duplicate becomes a dead letter; `'count'`: it is only counted"),
  uuid: oneOf('sequence', 'global')
    .default('sequence')
    .describe(
      "`'sequence'`: a uuid is unique within its id; `'global'`: in the whole stream, for one more write an event",
    ),
  recover: flag()
    .default(true)
    .describe('whether missing events are asked for and inferred, or only listed, and given up after `windowMs`'),
  start: eventId()
    .optional()
    .describe('the id that the stream begins with; without it, the lowest id that comes in its first grace'),
});

export type StreamSettings = Readonly<z.output<typeof streamSettingsSchema>>;

export const defaultStreamSettings: StreamSettings = streamSettingsSchema.parse({});

/** What the catalog may say of a type of event. */
export const typeDefinitionSchema = z.object(
  {
    // The schema reports its first 16 issues, here and wherever else it is used. Data that is too deep for a schema that contains
    // itself, from some 700 levels, does not fit. Of two open objects take `a.extend(b.shape)` rather than `a.and(b)`: zod's
    // intersection takes time by the square of the members.
    payload: zodSchema()
      .optional()
      .describe(
        'what `data` must look like: a [zod](https://zod.dev) schema. Data that does not fit is `ERR_INVALID_PAYLOAD`',
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
    inferable: flag()
      .optional()
      .describe(
        'whether a missing event may be inferred to be of this type; without it, yes, except for a type that is always checked',
      ),
    entity: memberPath()
      .optional()
      .describe(
        "path of what the event is about, such as `data.case`. Missing events are inferred from the entity's history",
      ),
  },
  { error: 'an object with settings of the type' },
);

export type TypeDefinition = Readonly<z.input<typeof typeDefinitionSchema>>;

export type SystemName = NonNullable<TypeDefinition['system']>;
