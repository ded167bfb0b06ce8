import { headOf, type LetterHead, type LetterRecord } from '../dead-letter/record.ts';
import { explain, type Code, type Stage } from '../failure.ts';
import type { Attributes, Message } from '../messages/message.ts';
import { rfc3339 } from './format.ts';
import { previewOf, wholeTextOf, type Preview, type WholeText } from './message-text.ts';

/** What a list and the whole letter have in common. Times are RFC 3339; what is not known is left out. */
interface HeadView {
  readonly id: string;
  readonly failedAt: string;
  readonly filedAt: string;
  readonly stream: string | undefined;
  readonly eventId: number | undefined;
  readonly code: Code;
  readonly meaning: string;
  readonly stage: Stage;
  readonly detail: string;
  readonly status: LetterRecord['status'];
}

/** A letter in a list. */
export interface LetterView extends HeadView {
  /** Whether the message was too large to travel, so that the list cannot show it; the whole letter has it. */
  readonly isKept: boolean | undefined;
  /** Undefined, as the other two, of a letter that was filed before lists had them. */
  readonly bytes: number | undefined;
  readonly preview: Preview | undefined;
}

/** A letter with all that it brought. */
export interface WholeLetterView extends HeadView, WholeText {
  readonly root: string;
  readonly messageIds: readonly string[];
  readonly attributes: Attributes;
}

/** Longest stream name and detail in a list, in characters: in a letter that is not Eventmend's own they are anything. */
const maxText = 400;

export function letterView(letter: LetterHead): LetterView {
  const { excerpt } = letter;
  const { stream, detail, ...head } = headView(letter);
  return {
    ...head,
    stream: stream?.slice(0, maxText),
    detail: detail.slice(0, maxText),
    isKept: excerpt?.isKept,
    bytes: excerpt?.bytes,
    preview: excerpt && previewOf(excerpt),
  };
}

/** @param message The message as it came: the record's own, or the one that is kept under its root. */
export function wholeLetterView(record: LetterRecord, message: Message): WholeLetterView {
  const { root, messageIds } = record;
  return {
    ...headView(headOf(record)),
    root,
    messageIds,
    attributes: { ...message.attributes, ...record.message.attributes },
    ...wholeTextOf(message.data),
  };
}

function headView({ id, failedAtMs, filedAtMs, stream, eventId, failure, status }: LetterHead): HeadView {
  return {
    id,
    failedAt: rfc3339(failedAtMs),
    filedAt: rfc3339(filedAtMs),
    stream,
    eventId: Number.isSafeInteger(eventId) ? eventId : undefined,
    code: failure.code,
    meaning: explain(failure),
    stage: failure.stage,
    detail: failure.detail,
    status,
  };
}
