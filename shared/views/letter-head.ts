import { cutText } from '../cut-text.ts';
import { bytesOf } from '../dead-letter/excerpt.ts';
import type { DeadLetterHead, HistoryEntry, Standing } from '../dead-letter/dead-letter.ts';
import { sourceNameOf } from '../dead-letter/letter-filter.ts';
import { jobOfKey } from '../dead-letter/repeated-request.ts';
import { explain } from '../failure.ts';
import { isGapRoot } from '../gaps/unrecoverable.ts';
import { rfc3339 } from './format.ts';

/** The maximum length of a text in a head. In a letter that Eventmend did not write it can be any. */
const maxHeadText = 400;

export type LetterHead = ReturnType<typeof letterHead>;

/** Returns the head of a letter for the API. It has nothing of the message. Times are RFC 3339. Unknown members are absent. */
export function letterHead(head: DeadLetterHead) {
  const { id, revision, replay, failure, reason, stream, type, eventId, uuid, excerpt, hasDraft, erasedAtMs } = head;
  return {
    id,
    ...standingView(head.standing),
    revision,
    replay,
    code: failure.code,
    meaning: explain(failure),
    stage: failure.stage,
    detail: cutText(failure.detail, maxHeadText),
    reason,
    source: sourceNameOf(head),
    stream: stream?.slice(0, maxHeadText),
    type: type?.slice(0, maxHeadText),
    // In a letter that Eventmend did not write, an id can be any number.
    eventId: Number.isSafeInteger(eventId) ? eventId : undefined,
    uuid,
    failedAt: rfc3339(head.failedAtMs),
    firstAt: rfc3339(head.firstAtMs),
    filedAt: rfc3339(head.filedAtMs),
    bytes: bytesOf(excerpt),
    isKept: excerpt?.isKept,
    /** Whether the letter is about a gap, and has no event. */
    isGap: isGapRoot(head.root),
    hasDraft,
    erasedAt: erasedAtMs === undefined ? undefined : rfc3339(erasedAtMs),
  };
}

function standingView(standing: Standing) {
  const time = (atMs: number | undefined) => (atMs === undefined ? undefined : rfc3339(atMs));
  const { state } = standing;
  return {
    state,
    because: state === 'open' ? standing.because : undefined,
    outcome: state === 'done' ? standing.outcome : undefined,
    note: state === 'discarded' ? standing.note : undefined,
    sentAt: time(state === 'sent' ? standing.sentAtMs : undefined),
    dueAt: time('dueAtMs' in standing ? standing.dueAtMs : undefined),
    expireAt: time('expireAtMs' in standing ? standing.expireAtMs : undefined),
  };
}

/** Returns an entry of the history for the API. */
export function historyView({ atMs, by, did, replay, note, requestKey }: HistoryEntry) {
  return { at: rfc3339(atMs), by, did, replay, note: note === '' ? undefined : note, job: jobOfKey(requestKey) };
}
