import type { Failure } from '../failure.ts';

/** A value of an event that the record has differently. The values are JSON text; undefined for an absent value. */
export interface Correction {
  /** A JSON pointer to the value in the event. */
  readonly at: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** The answer of verify about an event that had to be checked. */
export type Answer =
  /** The event agrees with its record. */
  | { readonly says: 'verified' }
  /** The event agrees with its record once these values are corrected. */
  | { readonly says: 'corrected'; readonly corrections: readonly Correction[] }
  /** The system cannot tell, and the event is valid by its own word. */
  | { readonly says: 'unverified'; readonly why: string }
  /** The event is wrong, or is said to be, and cannot be corrected. */
  | { readonly says: 'refused'; readonly why: string };

/** Makes the failure of an event that had to be checked and was refused. */
export function incorrect(why: string): Failure {
  return { code: 'ERR_INCORRECT', stage: 'verify', detail: why };
}
