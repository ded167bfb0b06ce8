import type { ChangeRefusal } from '../dead-letter/operator-change.ts';
import { headOf, type DeadLetter, type DeadLetterHead } from '../dead-letter/dead-letter.ts';
import type { Failure } from '../failure.ts';

/** The codes of refused operations. They are part of the API. */
export type RefusalCode =
  | ChangeRefusal
  | 'not-found'
  /** The store holds the event already. The record is done. */
  | 'already-there'
  /** The event is so old that nobody knows whether it was published. */
  | 'forgotten'
  | 'source-unknown'
  | 'invalid'
  | 'patch-failed';

/** A refused operation. Nothing was changed, unless the code is `already-there`. */
export interface OperationRefusal {
  readonly code: RefusalCode;
  /** The status of HTTP that fits. */
  readonly status: number;
  readonly message: string;
  /** The next step. */
  readonly next: string;
  /** The record as it is now. */
  readonly head: DeadLetterHead | undefined;
  /** Set if validate would refuse the event. */
  readonly failure?: Failure | undefined;
}

type RefusalText = Omit<OperationRefusal, 'code' | 'head' | 'failure'>;

const texts: Readonly<Record<RefusalCode, RefusalText>> = {
  'not-found': { status: 404, message: 'There is no such dead letter.', next: 'Look for it in the list.' },
  changed: {
    status: 412,
    message: 'The letter was changed since you saw it.',
    next: 'Look at it again, and repeat the change if it is still right.',
  },
  'not-open': { status: 409, message: 'The letter is not open.', next: 'Reopen it first.' },
  'already-open': { status: 409, message: 'The letter is open already.', next: 'Nothing has to be done.' },
  'under-way': {
    status: 409,
    message: 'A replay of the letter is under way.',
    next: 'Wait for its answer, which takes a minute or two.',
  },
  expired: { status: 410, message: 'The letter has expired.', next: 'Publish the event again.' },
  'not-an-event': {
    status: 409,
    message: 'The letter is about a gap and has no event.',
    next: 'Ask for the missing events again, or discard the letter.',
  },
  'too-large': {
    status: 422,
    message: 'The message is too large to publish.',
    next: 'Edit it until it fits: at most 9.5 MB and 80 attributes.',
  },
  'is-duplicate': {
    status: 409,
    message: 'The same event came before, so it would be refused again.',
    next: 'Discard the letter, or edit it if it is another event.',
  },
  'too-many-replays': {
    status: 409,
    message: 'The letter was replayed 255 times.',
    next: 'Publish the event as a new message.',
  },
  erased: {
    status: 410,
    message: 'The content of the letter was erased.',
    next: 'Publish the event again, if it may be.',
  },
  'already-there': {
    status: 409,
    message: 'The store holds this event already, so it is not sent. The letter is closed as done.',
    next: 'Nothing has to be done.',
  },
  forgotten: {
    status: 409,
    message: 'The event is older than the deduplication window, and nobody knows whether it was published.',
    next: 'Look at a consumer. If the event is missing there, replay with the option forgotten.',
  },
  'source-unknown': {
    status: 409,
    message: 'The catalog has no longer the source of this letter.',
    next: 'Add the source to the catalog and deploy, or discard the letter.',
  },
  invalid: {
    status: 422,
    message: 'Validation would refuse the event again.',
    next: 'Edit the letter until its check is valid.',
  },
  'patch-failed': {
    status: 422,
    message: 'The edit cannot be applied.',
    next: 'Correct the edit.',
  },
};

/** @param more A message and a next step that replace the usual ones, and the failure of an invalid event. */
export function refuse(
  code: RefusalCode,
  record?: DeadLetter,
  more: { readonly detail?: string; readonly next?: string; readonly failure?: Failure } = {},
): { readonly refusal: OperationRefusal } {
  const { detail, next, failure } = more;
  const text = texts[code];
  const told = { ...text, message: detail ?? text.message, next: next ?? text.next };
  return { refusal: { ...told, code, head: record && headOf(record), ...(failure && { failure }) } };
}
