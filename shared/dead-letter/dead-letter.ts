import { digest, hexDigest, type Digest } from '../digest.ts';
import type { Failure } from '../failure.ts';
import type { Message } from '../messages/message.ts';
import { excerptOf, type Excerpt } from './excerpt.ts';

/**
 * The record of a dead letter. There is one for each root.
 *
 *             replay                 publish           the store holds it
 *     open ───────────► sending ───────────────► sent ────────────────────► done
 *      ▲ │                 └───────┬──────────────┘                          │
 *      │ └─ discard ─► discarded   │ a letter of this replay, or no answer   │
 *      └───────────────────┴───────┴──────────────── reopen ─────────────────┘
 */
export interface DeadLetter extends LetterSummary {
  /** The original: the message of the first letter. No letter and no edit overwrites it; it can be erased. */
  readonly message: Message;
  /** The operator's edit. It has bytes and attributes of its own. */
  readonly draft: Message | undefined;
  /** The contents that the record has seen, the newest last: of the original, of letters, and of edits. */
  readonly known: readonly Digest[];
  /** The numbers of the replays whose messages are kept apart, because they were too large to publish. */
  readonly kept: readonly number[];
  /** The latest changes, the newest last. */
  readonly history: readonly HistoryEntry[];
}

/** A record in a list, without its messages, which may have 10 MB. */
export interface DeadLetterHead extends LetterSummary {
  readonly hasDraft: boolean;
  /** The beginning of the original. Undefined for a letter from a release that stored no excerpts. */
  readonly excerpt: Excerpt | undefined;
}

/** The members of a record that a list also shows. */
export interface LetterSummary {
  /** The id of the letter in URLs and documents. It is derived from the root. */
  readonly id: string;
  readonly root: string;
  readonly standing: Standing;
  /** Counts the changes. An operator's change names the revision that the operator saw. */
  readonly revision: number;
  /** The number of replays. */
  readonly replay: number;
  /** The reason of the letter that failed last. */
  readonly failure: Failure;
  /** The number of the replay that the letter with this reason stems from. */
  readonly failedReplay: number;
  /** Groups letters by code and detail: see {@link reasonKeyOf}. */
  readonly reason: string;
  /** Undefined for the source `events`. */
  readonly source: string | undefined;
  readonly stream: string | undefined;
  readonly type: string | undefined;
  readonly eventId: number | undefined;
  /** The uuid of an event without an id, as its key spells it. Absent for a failure, which has no key. */
  readonly uuid?: string | undefined;
  /** Milliseconds since 1970, here and below: when the failure with this reason happened. */
  readonly failedAtMs: number;
  /** When the first letter was filed. */
  readonly firstAtMs: number;
  /** When the record was opened last. */
  readonly filedAtMs: number;
  /** Ids of the messages that carried the letters, the newest last. */
  readonly messageIds: readonly string[];
  /** When the content was erased, because it had personal data. The record has no messages any more. */
  readonly erasedAtMs?: number | undefined;
}

/** The state of a record, with the members that only this state has. */
export type Standing =
  | {
      readonly state: 'open';
      readonly because: 'failed' | 'no answer' | 'reopened';
      /** The replay that came back, unless the record was edited since. */
      readonly lastReplay?: ReplaySent | undefined;
      /** Of a letter about gaps: when sweep looks whether they are resolved. */
      readonly dueAtMs?: number | undefined;
    }
  | { readonly state: 'sending'; readonly replay: ReplaySent; readonly dueAtMs: number }
  | { readonly state: 'sent'; readonly replay: ReplaySent; readonly sentAtMs: number; readonly dueAtMs: number }
  | { readonly state: 'done'; readonly outcome: Outcome; readonly expireAtMs: number }
  | { readonly state: 'discarded'; readonly note: string; readonly expireAtMs: number };

export type RecordState = Standing['state'];
export const recordStates = ['open', 'sending', 'sent', 'done', 'discarded'] as const satisfies readonly RecordState[];
export type StandingIn<State extends RecordState> = Extract<Standing, { readonly state: State }>;

/** A record in a certain state. */
export type LetterIn<State extends RecordState> = DeadLetter & { readonly standing: StandingIn<State> };

/** Whether a replay of a record is under way. */
export function isUnderWay(record: DeadLetter): record is LetterIn<'sending' | 'sent'> {
  return record.standing.state === 'sending' || record.standing.state === 'sent';
}

/**
 * How a replay ended well. `published`: its entry is marked as published. `already there`: another message had brought
 * the same key and content. `unconfirmed`: nothing came back, and there is no entry to look at.
 * `resolved`: the missing events of a letter about gaps came after all.
 */
export type Outcome = HeldOutcome | 'unconfirmed' | 'resolved';

/** How the store holds the content of a replay: as its own published event, or as that of another message. */
export type HeldOutcome = 'published' | 'already there';

/** How the last replay is sent. The same message can be sent again from it. */
export interface ReplaySent {
  readonly version: 'original' | 'draft';
  /** Whether the content supersedes the event that has its key. */
  readonly replace: boolean;
  /** The digest of the content that is sent. */
  readonly content: Digest;
  /** The entry that answers for the replay. Undefined if the message cannot be read before it is sent. */
  readonly entry?: ReplayedEntry | undefined;
}

/** The identity of the event that a replay sends. */
export interface ReplayedEntry {
  readonly stream: string;
  /** The id of the event, or its place in an unnumbered stream. */
  readonly at: number;
  readonly isUnnumbered: boolean;
  readonly key: Digest;
  readonly hash: Digest;
  /** The identity of the event under other rules, if it differs. */
  readonly formerly?: { readonly key: Digest; readonly hash: Digest } | undefined;
}

export interface HistoryEntry {
  readonly atMs: number;
  /** The operator, or the function. */
  readonly by: string;
  readonly did: HistoryEvent;
  /** The number of the replay that the entry is about. 0: the first message. */
  readonly replay: number;
  /** The code of a letter, the outcome of a replay, or the note of an operator. */
  readonly note?: string | undefined;
  /** The key by which a repeated request of an operator is recognised. */
  readonly requestKey?: string | undefined;
}

export type HistoryEvent =
  | 'filed'
  | 'came back'
  /** A letter that changed nothing: of an earlier replay, of an earlier failure, or a copy. */
  | 'came late'
  | 'edited'
  | 'dropped the draft'
  | 'decided to replay'
  | 'sent'
  | 'done'
  | 'no answer'
  | 'discarded'
  | 'reopened'
  /** An operator has a producer asked again for the events of a gap. */
  | 'asked again'
  /** The content was erased. */
  | 'erased';

/** The person or function that makes a change, and when. */
export interface Actor {
  readonly by: string;
  readonly nowMs: number;
  readonly requestKey?: string | undefined;
}

export const maxHistoryEntries = 100;
export const maxKnownContents = 100;

/** The message that a replay sends: the draft if there is one. */
export function currentMessage({ draft, message }: Pick<DeadLetter, 'draft' | 'message'>): Message {
  return draft ?? message;
}

/** Returns a record without its messages. */
export function headOf(letter: DeadLetter): DeadLetterHead {
  const { id, root, standing, revision, replay, failure, failedReplay, reason, source, stream, type, eventId } = letter;
  const { uuid, failedAtMs, firstAtMs, filedAtMs, messageIds, erasedAtMs, message, draft } = letter;
  const times = { failedAtMs, firstAtMs, filedAtMs, messageIds, erasedAtMs };
  const about = { failure, failedReplay, reason, source, stream, type, eventId, uuid };
  const body = { hasDraft: draft !== undefined, excerpt: excerptOf(message) };
  return { id, root, standing, revision, replay, ...about, ...times, ...body };
}

/** Whether a record is settled and may be deleted by now. Parts of its body may be gone. */
export function isDue({ standing }: LetterSummary, nowMs: number): boolean {
  return 'expireAtMs' in standing && standing.expireAtMs <= nowMs;
}

/** Digests code and detail with all numbers replaced, so that letters with one cause have one reason. */
export function reasonKeyOf({ code, detail }: Failure): string {
  return hexDigest(digest(`${code} ${detail.replaceAll(/\d+/g, '*')}`));
}

/** Returns the history with an entry more. Old entries are dropped. */
export function withEntry(
  history: readonly HistoryEntry[],
  { by, nowMs, requestKey }: Actor,
  entry: Omit<HistoryEntry, 'atMs' | 'by' | 'requestKey'>,
): readonly HistoryEntry[] {
  return [...history, { atMs: nowMs, by, ...entry, ...(requestKey !== undefined && { requestKey }) }].slice(
    -maxHistoryEntries,
  );
}

/** Returns the contents with one more. Old contents are dropped. */
export function withContent(known: readonly Digest[], content: Digest): readonly Digest[] {
  return known.includes(content) ? known : [...known, content].slice(-maxKnownContents);
}
