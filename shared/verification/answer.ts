import type { Failure } from '../failure.ts';

/** What a system of record says of an event. */
export type Answer =
  /** The event is right as it is. */
  | { readonly says: 'verified' }
  /** The event is right with these members in place of its own. */
  | { readonly says: 'corrected'; readonly members: Readonly<Record<string, unknown>> }
  /** The event is wrong, and the system cannot tell what is right. */
  | { readonly says: 'refused'; readonly why: string };

/** The failure of an event that was said to be wrong, or is to be checked, and could not be put right. */
export function incorrect(why: string): Failure {
  return { code: 'ERR_INCORRECT', stage: 'verify', detail: why };
}
