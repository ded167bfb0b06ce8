import type { Code } from '../../shared/failure.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import type { UnnumberedSituation } from './unnumbered-situations.ts';

/** The attribute that numbers a producer's message. Messages and letters that follow from it keep the attribute. */
export const sentAttribute = 'sent';

/** A producer's message, with the producer's knowledge of it. */
export interface SentMessage {
  /** The value of the attribute {@link sentAttribute}: unique in a run. */
  readonly n: number;
  readonly stream: string;
  readonly attributes: Attributes;
  readonly text: string;
  readonly what: SentEvent | SentVoid | SentMalformed;
  /** The rare situation that the message's end shows. */
  readonly shows?: Shown | undefined;
}

/** A rare situation, and the end of a message that shows it: the code of its letter, or its clean event. */
export interface Shown {
  readonly by: Code | 'clean';
  readonly situation: UnnumberedSituation;
}

/** The id in place of that of an event without one. */
export const noId = -1;

/** A well-formed event. */
export interface SentEvent {
  readonly kind: 'event';
  /** {@link noId} in an unnumbered stream. */
  readonly id: number;
  /** `{stream}/{uuid}`, or `{stream}/{event_id}/{ms since 1970}`. */
  readonly key: string;
  /** The content. Copies have the same key and the same content. */
  readonly content: string;
  readonly toBeChecked: boolean;
  readonly possibleDuplicate: boolean;
  readonly isFarAhead: boolean;
}

export interface SentVoid {
  readonly kind: 'void';
  readonly from: number;
  readonly to: number;
}

/** A malformed message. */
export interface SentMalformed {
  readonly kind: 'malformed';
  /** The key and the content of its event, if it has one: see {@link SentEvent}. */
  readonly key?: string;
  readonly content?: string;
  /** Undefined if the id cannot be read. */
  readonly id: number | undefined;
  readonly code: 'ERR_UNDECODABLE' | 'ERR_INVALID_EVENT' | 'ERR_INVALID_PAYLOAD' | 'ERR_UNKNOWN_TYPE' | 'ERR_TOO_LARGE';
}

/** Returns the id of the record that belongs to an event. Empty if the event names none. */
export function recordIn(text: string): string {
  return /"record":(\d+)/.exec(text)?.[1] ?? '';
}
