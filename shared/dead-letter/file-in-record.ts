import { readAttribute } from '../messages/attributes.ts';
import { trustedAttributes, type ArrivedLetter } from './arrived-letter.ts';
import {
  isDue,
  reasonKeyOf,
  withContent,
  withEntry,
  type Actor,
  type DeadLetter,
  type HeldOutcome,
  type HistoryEvent,
  type LetterSummary,
  type ReplaySent,
} from './dead-letter.ts';
import { openStandingOf, settle } from './replay-outcome.ts';

/** Facts that a filing depends on. */
export interface FilingFacts extends Actor {
  /** How the store holds the content of the last replay, if it does. It is read only for letters of a replay. */
  readonly holds: HeldOutcome | undefined;
  /** How long a settled record is kept. */
  readonly retentionMs: number;
}

/** The maximum number of message ids in a record. Older ids are dropped. */
export const maxMessageIds = 32;

/**
 * Files a letter in the record of its root. The result does not depend on the order of the letters of one replay.
 *
 * - A letter of an earlier replay changes nothing but the history.
 * - Of several letters of one replay the one that failed last counts.
 * - A record that is done stays done. A discarded record stays so if it knows the content.
 * - Original and draft never change. A record whose content was erased is opened with the message of the letter.
 *
 * @returns The record. The same record if the message was filed before.
 */
export function fileInRecord(filed: DeadLetter | undefined, letter: ArrivedLetter, facts: FilingFacts): DeadLetter {
  if (!filed || isDue(filed, facts.nowMs)) return firstRecord(letter, facts);
  if (filed.messageIds.includes(letter.messageId)) return filed;
  if (letter.replay < filed.replay) return noted(filed, letter, facts);
  if (letter.replay > filed.replay) return opened(filed, letter, facts);
  return fileOfLastReplay(filed, letter, facts);
}

/** Files a letter with the number of the record. */
function fileOfLastReplay(filed: DeadLetter, letter: ArrivedLetter, facts: FilingFacts): DeadLetter {
  switch (filed.standing.state) {
    case 'done':
      return noted(filed, letter, facts);
    case 'discarded':
      return filed.known.includes(letter.content) ? noted(filed, letter, facts) : opened(filed, letter, facts);
    case 'open':
    case 'sending':
    case 'sent':
      if (facts.holds && isLastSent(filed, letter))
        return settle(
          { ...filed, messageIds: withMessage(filed, letter), kept: withKept(filed, letter) },
          facts.holds,
          facts,
        );
      return isLaterFailure(letter, filed) ? opened(filed, letter, facts) : noted(filed, letter, facts);
  }
}

/** Whether a letter says that the content of the last replay failed. */
function isLastSent(filed: DeadLetter, { replay, content }: ArrivedLetter): boolean {
  return replay > 0 && lastReplayOf(filed)?.content === content;
}

/** Returns how the last replay of a record was sent. Undefined if there was none, or the record was edited since. */
export function lastReplayOf({ standing }: LetterSummary): ReplaySent | undefined {
  if (standing.state === 'sending' || standing.state === 'sent') return standing.replay;
  return standing.state === 'open' ? standing.lastReplay : undefined;
}

function isLaterFailure(letter: ArrivedLetter, filed: DeadLetter): boolean {
  if (letter.replay !== filed.failedReplay) return true;
  const { failedAtMs, failure } = letter;
  if (failedAtMs !== filed.failedAtMs) return failedAtMs > filed.failedAtMs;
  return `${failure.code} ${failure.detail}` > `${filed.failure.code} ${filed.failure.detail}`;
}

function firstRecord(letter: ArrivedLetter, facts: FilingFacts): DeadLetter {
  const { id, root, message, content } = letter;
  return {
    id,
    root,
    ...reasonIn(letter),
    revision: 1,
    firstAtMs: facts.nowMs,
    filedAtMs: facts.nowMs,
    standing: openStandingOf(root, facts.nowMs, { because: 'failed' }),
    messageIds: [letter.messageId],
    message,
    draft: undefined,
    known: [content],
    kept: keptIn(letter),
    history: withEntry([], facts, entryOf(letter, 'filed')),
  };
}

function opened(filed: DeadLetter, letter: ArrivedLetter, facts: FilingFacts): DeadLetter {
  const isOpen = filed.standing.state === 'open';
  const { stream, source, type, eventId, uuid, ...reason } = reasonIn(letter);
  return {
    ...filed,
    ...reason,
    ...(filed.erasedAtMs !== undefined && { message: letter.message, erasedAtMs: undefined }),
    stream: stream ?? filed.stream,
    source: source ?? filed.source,
    type: type ?? filed.type,
    eventId: eventId ?? filed.eventId,
    uuid: uuid ?? filed.uuid,
    revision: filed.revision + 1,
    filedAtMs: isOpen ? filed.filedAtMs : facts.nowMs,
    standing: openStandingOf(filed.root, facts.nowMs, {
      because: 'failed',
      lastReplay: letter.replay === filed.replay ? lastReplayOf(filed) : undefined,
    }),
    messageIds: withMessage(filed, letter),
    known: withContent(filed.known, letter.content),
    kept: withKept(filed, letter),
    history: withEntry(filed.history, facts, entryOf(letter, 'came back')),
  };
}

/** The record with an entry more in its history, and otherwise unchanged. */
function noted(filed: DeadLetter, letter: ArrivedLetter, facts: FilingFacts): DeadLetter {
  const history = withEntry(filed.history, facts, entryOf(letter, 'came late'));
  return { ...filed, messageIds: withMessage(filed, letter), kept: withKept(filed, letter), history };
}

function reasonIn({ failure, replay, failedAtMs, source, stream, type, eventId, uuid }: ArrivedLetter) {
  const reason = reasonKeyOf(failure);
  return { failure, replay, failedReplay: replay, failedAtMs, reason, source, stream, type, eventId, uuid };
}

function withMessage({ messageIds }: DeadLetter, { messageId }: ArrivedLetter): readonly string[] {
  return [...messageIds, messageId].slice(-maxMessageIds);
}

function withKept({ kept }: DeadLetter, letter: ArrivedLetter): readonly number[] {
  return kept.includes(letter.replay) ? kept : [...kept, ...keptIn(letter)];
}

/** The number of the replay under which validate keeps a message that was too large to publish. */
function keptIn({ message, replay }: ArrivedLetter): readonly number[] {
  return readAttribute(trustedAttributes(message.attributes), 'isKept') === true ? [replay] : [];
}

function entryOf({ replay, failure }: ArrivedLetter, did: HistoryEvent) {
  return { did, replay, note: failure.code };
}
