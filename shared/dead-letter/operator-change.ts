import type { Digest } from '../digest.ts';
import { isGapRoot } from '../gaps/unrecoverable.ts';
import { readAttribute } from '../messages/attributes.ts';
import type { Message } from '../messages/message.ts';
import {
  isDue,
  withContent,
  type Actor,
  type DeadLetter,
  type LetterIn,
  type ReplayedEntry,
  type ReplaySent,
} from './dead-letter.ts';
import { trustedAttributes } from './arrived-letter.ts';
import { maxReplays } from './replay.ts';
import { changed, openStandingOf, unfinishedAfterMs } from './replay-outcome.ts';

/** The reasons why an operator's change is refused. Nothing was changed. */
export type ChangeRefusal =
  /** The record changed since the operator saw it. */
  | 'changed'
  | 'not-open'
  | 'already-open'
  /** A replay of it is under way. */
  | 'under-way'
  /** The record has expired, and parts of it may be gone. */
  | 'expired'
  /** A gap's letter is about ids, and has no event. */
  | 'not-an-event'
  /** The message was too large to publish, and was not edited. */
  | 'too-large'
  /** The same event came before. Only an edit makes another event of it. */
  | 'is-duplicate'
  | 'too-many-replays'
  /** The content was erased. */
  | 'erased';

export type ChangeResult =
  { readonly refusal?: undefined; readonly record: DeadLetter } | { readonly refusal: ChangeRefusal };

/** An operator with the revision that the operator saw. */
export interface ActingOperator extends Actor {
  readonly revision: number;
}

/** Replaces the draft. @param content The digest of the draft. */
export function editDraft(record: DeadLetter, draft: Message, content: Digest, operator: ActingOperator): ChangeResult {
  return onOpen(record, operator, ({ standing: { because } }) =>
    changed(record, operator, 'edited', {
      draft,
      known: withContent(record.known, content),
      standing: { state: 'open', because },
    }),
  );
}

/** Removes the draft, so that a replay sends the original. */
export function dropDraft(record: DeadLetter, operator: ActingOperator): ChangeResult {
  return onOpen(record, operator, ({ standing: { because } }) =>
    changed(record, operator, 'dropped the draft', { draft: undefined, standing: { state: 'open', because } }),
  );
}

export interface ReplayDecision {
  readonly replace: boolean;
  /** The digest of the message that is sent. */
  readonly content: Digest;
  readonly entry: ReplayedEntry | undefined;
}

/** Returns why a record cannot be replayed, as far as the record alone says it. */
export function replayRefusal(record: DeadLetter, operator: ActingOperator): ChangeRefusal | undefined {
  return seenRefusal(record, operator) ?? contentRefusal(record);
}

/** Decides a replay under the next number. The caller publishes it when the record is saved. */
export function decideReplay(
  record: DeadLetter,
  decision: ReplayDecision,
  operator: ActingOperator,
  note?: string,
): ChangeResult {
  const refusal = replayRefusal(record, operator);
  if (refusal) return { refusal };
  const replay: ReplaySent = { version: record.draft ? 'draft' : 'original', ...decision };
  const standing = { state: 'sending', replay, dueAtMs: operator.nowMs + unfinishedAfterMs } as const;
  const change = { replay: record.replay + 1, standing };
  return { record: changed(record, operator, 'decided to replay', change, note) };
}

/** Closes an open record. */
export function discard(
  record: DeadLetter,
  note: string,
  operator: ActingOperator & { readonly retentionMs: number },
): ChangeResult {
  const expireAtMs = operator.nowMs + operator.retentionMs;
  return onOpen(record, operator, () =>
    changed(record, operator, 'discarded', { standing: { state: 'discarded', note, expireAtMs } }, note),
  );
}

/** Opens a settled record again, unless it may be deleted by now. */
export function reopen(record: DeadLetter, note: string, operator: ActingOperator): ChangeResult {
  const { state } = record.standing;
  if (record.revision !== operator.revision) return { refusal: 'changed' };
  if (isDue(record, operator.nowMs)) return { refusal: 'expired' };
  if (record.erasedAtMs !== undefined) return { refusal: 'erased' };
  if (state === 'sending' || state === 'sent') return { refusal: 'under-way' };
  if (state === 'open') return { refusal: 'already-open' };
  const standing = openStandingOf(record.root, operator.nowMs, { because: 'reopened' });
  return { record: changed(record, operator, 'reopened', { standing, filedAtMs: operator.nowMs }, note) };
}

/**
 * Records that an operator has the producer asked again for a gap of a letter. Sweep soon looks whether its events have
 * come. @returns Undefined if the letter is not open.
 */
export function askedAgain(record: DeadLetter, note: string, actor: Actor): DeadLetter | undefined {
  if (!isOpen(record)) return undefined;
  const { because, lastReplay } = record.standing;
  const standing = openStandingOf(record.root, actor.nowMs, { because, lastReplay });
  return changed(record, actor, 'asked again', { standing }, note);
}

function onOpen(
  record: DeadLetter,
  operator: ActingOperator,
  change: (record: LetterIn<'open'>) => DeadLetter,
): ChangeResult {
  const refusal = seenRefusal(record, operator);
  if (refusal) return { refusal };
  return isOpen(record) ? { record: change(record) } : { refusal: 'not-open' };
}

function isOpen(record: DeadLetter): record is LetterIn<'open'> {
  return record.standing.state === 'open';
}

/** Returns why an operator may not change a record now: another state, or another revision than the operator saw. */
export function seenRefusal(record: DeadLetter, { revision }: ActingOperator): ChangeRefusal | undefined {
  if (record.revision !== revision) return 'changed';
  const { state } = record.standing;
  if (state === 'sending' || state === 'sent') return 'under-way';
  return state === 'open' ? undefined : 'not-open';
}

function contentRefusal({ root, message, draft, failure, replay }: DeadLetter): ChangeRefusal | undefined {
  if (isGapRoot(root)) return 'not-an-event';
  if (replay >= maxReplays) return 'too-many-replays';
  if (draft) return undefined;
  if (readAttribute(trustedAttributes(message.attributes), 'isKept') === true) return 'too-large';
  return failure.code === 'ERR_DUPLICATE' ? 'is-duplicate' : undefined;
}
