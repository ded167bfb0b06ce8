import type { DeadLetterHead, RecordState } from '../dead-letter/dead-letter.ts';
import { bytesOf } from '../dead-letter/excerpt.ts';
import { cutText } from '../cut-text.ts';
import { explain, type Code, type Stage } from '../failure.ts';
import { rfc3339 } from './format.ts';
import { previewOf, type Preview } from './message-text.ts';

/** A letter as `eventmend trace` shows it. Times are RFC 3339. Unknown members are absent. */
export interface LetterView {
  readonly id: string;
  readonly failedAt: string;
  readonly filedAt: string;
  readonly stream: string | undefined;
  readonly eventId: number | undefined;
  /** The uuid of an event of a stream without numbers. */
  readonly uuid: string | undefined;
  readonly code: Code;
  readonly meaning: string;
  readonly stage: Stage;
  readonly detail: string;
  readonly status: RecordState;
  /** Whether the message was too large to publish. */
  readonly isKept: boolean | undefined;
  /** `isKept`, `bytes` and `preview` are undefined for a letter of a release that stored no excerpts. */
  readonly bytes: number | undefined;
  readonly preview: Preview | undefined;
}

/**
 * The maximum length of a stream name and of a detail in a list, in characters. In a letter that Eventmend did not
 * write they can be any text.
 */
const maxText = 400;

export function letterView(letter: DeadLetterHead): LetterView {
  const { id, failedAtMs, filedAtMs, stream, eventId, uuid, failure, standing, excerpt } = letter;
  return {
    id,
    failedAt: rfc3339(failedAtMs),
    filedAt: rfc3339(filedAtMs),
    stream: stream?.slice(0, maxText),
    eventId: Number.isSafeInteger(eventId) ? eventId : undefined,
    uuid,
    code: failure.code,
    meaning: explain(failure),
    stage: failure.stage,
    detail: cutText(failure.detail, maxText),
    status: standing.state,
    isKept: excerpt?.isKept,
    bytes: bytesOf(excerpt),
    preview: excerpt && previewOf(excerpt),
  };
}
