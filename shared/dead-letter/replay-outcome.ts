import { isGapRoot } from '../gaps/unrecoverable.ts';
import { retentionMs } from '../topology.ts';
import {
  withEntry,
  type Actor,
  type DeadLetter,
  type HistoryEvent,
  type LetterIn,
  type LetterSummary,
  type Outcome,
  type StandingIn,
} from './dead-letter.ts';

const minuteMs = 60_000;

/** How long a replay may stay decided but not published. Afterwards the tick of sweep publishes it. */
export const unfinishedAfterMs = minuteMs;

/**
 * How late a decided replay may be published. Much later its event may have been published and forgotten, so the operator
 * decides again.
 */
export const maxUnfinishedMs = 86_400_000;

/** How long an answer may take: the retentions of the topics that a replay passes, one after the other. */
export const unansweredAfterMs = 3 * retentionMs;

/**
 * Records that a replay was published, if the record still waits for that.
 *
 * @returns The same record if another process was faster, or a letter came back already.
 */
export function markSent(record: DeadLetter, replay: number, actor: Actor): DeadLetter {
  const { standing } = record;
  if (standing.state !== 'sending' || record.replay !== replay) return record;
  const sentAtMs = actor.nowMs;
  return changed(record, actor, 'sent', {
    standing: { state: 'sent', replay: standing.replay, sentAtMs, dueAtMs: sentAtMs + minuteMs },
  });
}

/** Whether a record waits for the answer to a replay. Track drops every other replay. */
export function awaitsReplay({ standing, replay }: LetterSummary, of: number): boolean {
  return replay === of && (standing.state === 'sending' || standing.state === 'sent');
}

/**
 * Closes a record whose event is published, or answered for otherwise.
 *
 * @param note Why an operator wanted it closed.
 */
export function settle(
  record: DeadLetter,
  outcome: Outcome,
  actor: Actor & { readonly retentionMs: number },
  note = '',
): DeadLetter {
  const expireAtMs = actor.nowMs + actor.retentionMs;
  const told = note === '' ? outcome : `${outcome}: ${note}`;
  return changed(record, actor, 'done', { standing: { state: 'done', outcome, expireAtMs } }, told);
}

/**
 * Opens a record whose replay has had no answer within the retention of all topics that it passes, or that was not
 * published in time.
 */
export function openUnanswered(record: LetterIn<'sending' | 'sent'>, actor: Actor): DeadLetter {
  const { standing } = record;
  return changed(record, actor, 'no answer', {
    standing: { state: 'open', because: 'no answer', lastReplay: standing.replay },
    filedAtMs: actor.nowMs,
  });
}

/** Returns an open standing. A letter about gaps is due again soon, because the missing events may still come. */
export function openStandingOf(
  root: string,
  nowMs: number,
  standing: Omit<StandingIn<'open'>, 'state' | 'dueAtMs'>,
): StandingIn<'open'> {
  const open = { state: 'open', ...standing } as const;
  return isGapRoot(root) ? { ...open, dueAtMs: nowMs + minuteMs } : open;
}

/** Returns a record that waits longer. Nothing else changes, so it has the same revision and history. */
export function postponed<Record extends DeadLetter>(record: Record, dueAtMs: number): Record {
  return { ...record, standing: { ...record.standing, dueAtMs } };
}

/** Returns when to look for the answer to a replay again: 1, 2, 4, … minutes after it was sent. */
export function nextLookMs(sentAtMs: number, nowMs: number): number {
  let afterMs = minuteMs;
  while (sentAtMs + afterMs <= nowMs) afterMs *= 2;
  return sentAtMs + afterMs;
}

/** Returns a record after a change: with a new revision, and an entry more in its history. */
export function changed(
  record: DeadLetter,
  actor: Actor,
  did: HistoryEvent,
  change: Partial<DeadLetter>,
  note?: string,
): DeadLetter {
  const next = { ...record, ...change, revision: record.revision + 1 };
  return { ...next, history: withEntry(record.history, actor, { did, replay: next.replay, note }) };
}
