import type { Attributes } from '../../shared/messages/message.ts';

/** The attribute that numbers a producer's message. It travels with the message and with letters about it. */
export const sentAttribute = 'sent';

/** A producer's message, with the producer's knowledge of it. */
export interface SentMessage {
  /** The value of the attribute {@link sentAttribute}: unique in a run. */
  readonly n: number;
  readonly stream: string;
  readonly attributes: Attributes;
  readonly text: string;
  readonly what: SentEvent | SentVoid | SentMalformed;
}

/** A well-formed event. */
export interface SentEvent {
  readonly kind: 'event';
  readonly id: number;
  /** `{stream}/{uuid}`, or `{stream}/{event_id}/{ms since 1970}`. */
  readonly key: string;
  /** The content: of two messages with the same key, copies have the same. */
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

/** A message that is wrong in itself. */
export interface SentMalformed {
  readonly kind: 'malformed';
  /** The key and the content of the event in it, where there is one: see {@link SentEvent}. */
  readonly key?: string;
  readonly content?: string;
  /** Undefined where the id cannot be read. */
  readonly id: number | undefined;
  readonly code: 'ERR_UNDECODABLE' | 'ERR_INVALID_EVENT' | 'ERR_INVALID_PAYLOAD' | 'ERR_UNKNOWN_TYPE' | 'ERR_TOO_LARGE';
}
