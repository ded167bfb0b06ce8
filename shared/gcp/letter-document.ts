import type { DocumentSnapshot, Timestamp } from '@google-cloud/firestore';
import { z } from 'zod';
import { letterId } from '../dead-letter/arrived-letter.ts';
import {
  reasonKeyOf,
  type DeadLetter,
  type DeadLetterHead,
  type LetterSummary,
  type Standing,
} from '../dead-letter/dead-letter.ts';
import { excerptOf } from '../dead-letter/excerpt.ts';
import { sourceNameOf } from '../dead-letter/letter-filter.ts';
import { codes } from '../failure.ts';
import { eventsName } from '../sources/source.ts';
import { functionNames } from '../topology.ts';
import { defaultLetterRetention } from '../letter-settings.ts';
import type { Message } from '../messages/message.ts';
import { expiry, type Fields } from './document.ts';

/*
 * The document of a dead letter. Fields that queries name stand by themselves. State and history are text, because they
 * have members that Firestore cannot store, and are always read and written whole.
 */

const digestText = z.string();
const replaySent = z.object({
  version: z.enum(['original', 'draft']),
  replace: z.boolean(),
  content: digestText,
  entry: z
    .object({
      stream: z.string(),
      at: z.number(),
      isUnnumbered: z.boolean(),
      key: digestText,
      hash: digestText,
      formerly: z.object({ key: digestText, hash: digestText }).optional(),
    })
    .optional(),
});
const standingSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('open'),
    because: z.enum(['failed', 'no answer', 'reopened']),
    lastReplay: replaySent.optional(),
    dueAtMs: z.number().optional(),
  }),
  z.object({ state: z.literal('sending'), replay: replaySent, dueAtMs: z.number() }),
  z.object({ state: z.literal('sent'), replay: replaySent, sentAtMs: z.number(), dueAtMs: z.number() }),
  z.object({
    state: z.literal('done'),
    outcome: z.enum(['published', 'already there', 'unconfirmed', 'resolved']),
    expireAtMs: z.number(),
  }),
  z.object({ state: z.literal('discarded'), note: z.string(), expireAtMs: z.number() }),
]);
const storySchema = z.object({
  known: z.array(digestText),
  kept: z.array(z.number()),
  history: z.array(
    z.object({
      atMs: z.number(),
      by: z.string(),
      did: z.enum([
        'filed',
        'came back',
        'came late',
        'edited',
        'dropped the draft',
        'decided to replay',
        'sent',
        'done',
        'no answer',
        'discarded',
        'reopened',
        'asked again',
        'erased',
      ]),
      replay: z.number(),
      note: z.string().optional(),
      requestKey: z.string().optional(),
    }),
  ),
});

const excerptSchema = z.object({ bytes: z.number(), beginning: z.instanceof(Uint8Array), isKept: z.boolean() });
const timestampSchema = z.custom<Timestamp>((value) => typeof value === 'object' && value !== null);

const fieldsSchema = z.object({
  root: z.string(),
  standing: z.string(),
  revision: z.number(),
  replay: z.number(),
  code: z.enum(codes),
  stage: z.enum(functionNames),
  detail: z.string(),
  failedReplay: z.number(),
  reason: z.string(),
  source: z.string().optional(),
  stream: z.string().optional(),
  type: z.string().optional(),
  eventId: z.number().optional(),
  uuid: z.string().optional(),
  failedAtMs: z.number(),
  firstAtMs: z.number(),
  filedAt: timestampSchema,
  messageIds: z.array(z.string()),
  erasedAtMs: z.number().optional(),
});

/** The fields of the messages that a list shows. */
const bodyFields = z.object({ hasDraft: z.boolean().optional(), excerpt: excerptSchema.optional() });

/** The fields of a letter from a release whose letters had no record. It becomes one with its next change. */
const formerSchema = z.object({
  root: z.string(),
  status: z.enum(['open', 'replayed', 'discarded']),
  failure: z.object({ code: z.enum(codes), stage: z.enum(functionNames), detail: z.string() }),
  stream: z.string().optional(),
  eventId: z.number().optional(),
  uuid: z.string().optional(),
  failedAtMs: z.number(),
  filedAtMs: z.number(),
  messageIds: z.array(z.string()),
});

/** The fields of a document that a list reads: those of both forms. */
export const headFieldNames: readonly string[] = [
  ...new Set([
    ...Object.keys(fieldsSchema.shape),
    ...Object.keys(formerSchema.shape),
    ...Object.keys(bodyFields.shape),
  ]),
];

/** The fields of a record, without its messages and the time when it was opened. */
export function fieldsOfLetter(record: DeadLetter): Fields {
  const { root, standing, revision, replay, failure, failedReplay, reason, stream, type, eventId } = record;
  const { uuid, failedAtMs, firstAtMs, messageIds, erasedAtMs, message, draft, known, kept, history } = record;
  const id = eventId ?? uuid;
  return {
    root,
    ...standingFields(standing),
    revision,
    replay,
    ...failure,
    failedReplay,
    reason,
    source: sourceNameOf(record),
    stream,
    type,
    eventId,
    uuid,
    about: stream === undefined || id === undefined ? undefined : subjectOf(stream, id),
    failedAtMs,
    firstAtMs,
    messageIds,
    erasedAtMs,
    hasDraft: draft !== undefined,
    excerpt: excerptOf(message),
    expireAt: 'expireAtMs' in standing ? expiry(standing.expireAtMs) : undefined,
    story: JSON.stringify({ known, kept, history }),
    // Those of the former form.
    status: undefined,
    failure: undefined,
    filedAtMs: undefined,
  };
}

/** The fields of a record's state, and of when sweep looks at it. */
export function standingFields(standing: Standing): Fields {
  const dueAtMs = 'dueAtMs' in standing ? standing.dueAtMs : undefined;
  return {
    state: standing.state,
    standing: JSON.stringify(standing),
    dueAt: dueAtMs === undefined ? undefined : expiry(dueAtMs),
  };
}

/**
 * Returns the value by which letters about one id are found. It is a digest, because an index on a growing value is
 * limited to 500 writes a second.
 */
export function subjectOf(stream: string, id: number | string): string {
  return letterId(`${stream}/${id}`);
}

export function headIn(snapshot: DocumentSnapshot): DeadLetterHead {
  const { excerpt, hasDraft } = bodyFields.parse(snapshot.data());
  return { ...summaryIn(snapshot), excerpt, hasDraft: hasDraft ?? false };
}

function summaryIn(snapshot: DocumentSnapshot): LetterSummary {
  const data = snapshot.data() ?? {};
  if ('status' in data) return formerSummary(snapshot.id, formerSchema.parse(data));
  const { standing, code, stage, detail, filedAt, source, stream, type, eventId, ...rest } = fieldsSchema.parse(data);
  return {
    id: snapshot.id,
    ...rest,
    standing: standingSchema.parse(JSON.parse(standing)),
    failure: { code, stage, detail },
    filedAtMs: filedAt.toMillis(),
    source: source === eventsName ? undefined : source,
    stream,
    type,
    eventId,
  };
}

export function letterIn(snapshot: DocumentSnapshot, message: Message, draft: Message | undefined): DeadLetter {
  const story = snapshot.get('story') as string | undefined;
  const rest = story === undefined ? { known: [], kept: [], history: [] } : storySchema.parse(JSON.parse(story));
  return { ...summaryIn(snapshot), message, draft, ...rest };
}

function formerSummary(id: string, letter: z.infer<typeof formerSchema>): LetterSummary {
  const { status, failure, stream, eventId, uuid, failedAtMs, filedAtMs, messageIds, root } = letter;
  return {
    id,
    root,
    standing:
      status === 'discarded'
        ? { state: 'discarded', note: '', expireAtMs: filedAtMs + defaultLetterRetention.settledMs }
        : { state: 'open', because: 'failed' },
    revision: 0,
    replay: 0,
    failure,
    failedReplay: 0,
    reason: reasonKeyOf(failure),
    source: undefined,
    stream,
    type: undefined,
    eventId,
    uuid,
    failedAtMs,
    firstAtMs: filedAtMs,
    filedAtMs,
    messageIds,
  };
}
