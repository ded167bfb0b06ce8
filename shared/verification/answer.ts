import type { Failure } from '../failure.ts';

/** The answer of a system of record about an event. */
export type Answer =
  /** The event is right as it is. */
  | { readonly says: 'verified' }
  /** The event is right with these members in place of its own. */
  | { readonly says: 'corrected'; readonly members: Readonly<Record<string, unknown>> }
  /** The event is wrong, and the system cannot tell what is right. */
  | { readonly says: 'refused'; readonly why: string };

/** Makes the failure of an event that had to be checked and was neither verified nor corrected. */
export function incorrect(why: string): Failure {
  return { code: 'ERR_INCORRECT', stage: 'verify', detail: why };
}
