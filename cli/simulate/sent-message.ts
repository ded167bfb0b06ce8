import type { Attributes } from '../../shared/messages/message.ts';

/** The attribute by which a producer's message is known wherever it, or a letter about it, comes out. */
export const sentAttribute = 'sent';

/** A producer's message, and what the producer knows of it. */
export interface SentMessage {
  /** Stands in the attribute {@link sentAttribute}; no two messages share one. */
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
  /** Equal for copies, and for nothing else of the same key. */
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

/** Wrong in itself. */
export interface SentMalformed {
  readonly kind: 'malformed';
  /** Undefined where it cannot be read. */
  readonly id: number | undefined;
  readonly code: 'ERR_UNDECODABLE' | 'ERR_INVALID_EVENT' | 'ERR_INVALID_PAYLOAD';
}
