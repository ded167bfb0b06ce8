import { details, type Failure } from '../failure.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import type { Verdict } from './claim.ts';

/** The maximum length of the list of ids in a letter's detail, in characters. */
const maxListLength = 200;

/**
 * Returns the outcome of a void: a conflict if any id was seen, otherwise applied if it closed any id, otherwise
 * dropped.
 */
export function voidOutcome(
  { eventId }: RoutingAttributes,
  verdicts: readonly Verdict[],
): 'applied' | 'dropped' | Failure {
  const seen = verdicts.flatMap((verdict, i) => (verdict.act === 'conflict' ? [eventId + i] : []));
  if (seen.length > 0)
    return { code: 'ERR_CONFLICT', stage: 'track', detail: `${details.voidOfSeen.detail}: ${list(seen)}` };
  return verdicts.some((verdict) => verdict.act === 'close') ? 'applied' : 'dropped';
}

function list(ids: readonly number[]): string {
  const text = ids.join(', ');
  return text.length <= maxListLength
    ? text
    : `${text.slice(0, text.lastIndexOf(',', maxListLength))} and more, ${ids.length} in all`;
}
