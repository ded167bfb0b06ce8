import type { Code, Stage } from '../failure.ts';
import { eventsName } from '../sources/source.ts';
import type { LetterSummary, RecordState } from './dead-letter.ts';

/** The orders of a list: by the time at which a record was opened last. */
export const letterOrders = ['newest', 'oldest'] as const;
/** `newest`: those that were opened last first. */
export type LetterOrder = (typeof letterOrders)[number];

/** Chooses letters. A member that is absent allows every letter. */
export interface LetterFilter {
  readonly state?: RecordState;
  readonly code?: Code;
  /** The digest of code and detail: `reasonKeyOf`. */
  readonly reason?: string;
  /** The name of the source. `events` for the source that has no name in a record. */
  readonly source?: string;
  readonly stream?: string;
  readonly type?: string;
  readonly stage?: Stage;
  /** The id or the uuid that the letter is about. Only with `stream`. */
  readonly id?: number | string;
  /** The record was opened at this time or later, in milliseconds since 1970. */
  readonly fromMs?: number;
  /** The record was opened before this time. */
  readonly toMs?: number;
}

/** Returns the name of the source of a letter. */
export function sourceNameOf({ source }: Pick<LetterSummary, 'source'>): string {
  return source ?? eventsName;
}

/** Whether a filter allows a letter. */
export function isAllowed(letter: LetterSummary, filter: LetterFilter): boolean {
  const { state, code, reason, source, stream, type, stage, id, fromMs, toMs } = filter;
  const has = <T>(wanted: T | undefined, value: T | undefined): boolean => wanted === undefined || wanted === value;
  return (
    has(state, letter.standing.state) &&
    has(code, letter.failure.code) &&
    has(stage, letter.failure.stage) &&
    has(reason, letter.reason) &&
    has(source, sourceNameOf(letter)) &&
    has(stream, letter.stream) &&
    has(type, letter.type) &&
    has(id, letter.eventId ?? letter.uuid) &&
    letter.filedAtMs >= (fromMs ?? Number.NEGATIVE_INFINITY) &&
    letter.filedAtMs < (toMs ?? Number.POSITIVE_INFINITY)
  );
}
