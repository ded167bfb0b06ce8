import { headOf, type DeadLetter, type DeadLetterHead, type RecordState } from '../dead-letter/dead-letter.ts';
import { cutText } from '../cut-text.ts';
import { explain, type Code, type Stage } from '../failure.ts';
import type { Attributes, Message } from '../messages/message.ts';
import { rfc3339 } from './format.ts';
import { previewOf, wholeTextOf, type Preview, type WholeText } from './message-text.ts';

/** The common members of a letter in a list and of a whole letter. Times are RFC 3339. Unknown members are absent. */
interface HeadView {
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
}

/** A letter in a list. */
export interface LetterView extends HeadView {
  /** Whether the message was too large to publish. The list does not show it, but the whole letter does. */
  readonly isKept: boolean | undefined;
  /** `isKept`, `bytes` and `preview` are undefined for a letter of a release that stored no excerpts. */
  readonly bytes: number | undefined;
  readonly preview: Preview | undefined;
}

/** A letter with its message. */
export interface WholeLetterView extends HeadView, WholeText {
  readonly root: string;
  readonly messageIds: readonly string[];
  readonly attributes: Attributes;
}

/**
 * The maximum length of a stream name and of a detail in a list, in characters. In a letter that Eventmend did not
 * write they can be any text.
 */
const maxText = 400;

export function letterView(letter: DeadLetterHead): LetterView {
  const { excerpt } = letter;
  const { stream, detail, ...head } = headView(letter);
  return {
    ...head,
    stream: stream?.slice(0, maxText),
    detail: cutText(detail, maxText),
    isKept: excerpt?.isKept,
    bytes: excerpt?.bytes,
    preview: excerpt && previewOf(excerpt),
  };
}

/** @param message The original message: that of the record, or the one that is kept under its root. */
export function wholeLetterView(record: DeadLetter, message: Message): WholeLetterView {
  const { root, messageIds } = record;
  return {
    ...headView(headOf(record)),
    root,
    messageIds,
    attributes: { ...message.attributes, ...record.message.attributes },
    ...wholeTextOf(message.data),
  };
}

function headView({ id, failedAtMs, filedAtMs, stream, eventId, uuid, failure, standing }: DeadLetterHead): HeadView {
  return {
    id,
    failedAt: rfc3339(failedAtMs),
    filedAt: rfc3339(filedAtMs),
    stream,
    eventId: Number.isSafeInteger(eventId) ? eventId : undefined,
    uuid,
    code: failure.code,
    meaning: explain(failure),
    stage: failure.stage,
    detail: failure.detail,
    status: standing.state,
  };
}
