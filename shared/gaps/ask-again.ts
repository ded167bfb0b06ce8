import { hasNormalHoles } from './expected-ids.ts';
import { isForgettable, isUnresolved, type Gap, type ReprocessRequest } from './gap.ts';
import { mayBeForgotten } from './obstacle.ts';
import type { Progress } from './progress.ts';
import { sizeOf, type Range } from './range.ts';
import { joinNearest } from './range-set.ts';
import { isOfOldNumbering, type NumberedSettings } from './reset.ts';

/** The reasons why a producer is not asked again for the events of a gap. */
export type AskRefusal =
  /** No event of it is missing, or it is no gap. */
  | 'not-missing'
  /** The producer is asked already and its deadline has not passed, or the next sweep asks it or gives the gap up. */
  | 'waiting'
  /** Missing events of the stream are never asked for. */
  | 'only-listed'
  /** Its events may have come and been forgotten. So `track` would refuse what the producer sends. */
  | 'forgotten'
  | 'too-long';

/** The maximum number of ids of a gap that is asked for again. */
export const maxAskedIds = 1_000_000;
/** The maximum number of requests for the holes of one gap. Beyond it, the nearest holes share a request. */
const maxRequests = 50;

/**
 * Returns why the producer must not be asked again for the events of a gap now. Undefined if it may be.
 *
 * @param progress The progress of its stream.
 */
export function askRefusal(
  gap: Gap,
  progress: Pick<Progress, 'forgotten' | 'wokeAtMs'>,
  nowMs: number,
  settings: NumberedSettings,
): AskRefusal | undefined {
  if (gap.isReset || (!isUnresolved(gap) && gap.state !== 'abandoned')) return 'not-missing';
  if (!settings.recover || hasNormalHoles(settings)) return 'only-listed';
  // An answer may come as late as the deadline. Its events must not be forgettable by then.
  const isForgotten =
    isOfOldNumbering(gap, settings.reset) ||
    isForgettable(gap, nowMs + settings.resendTimeoutMs, settings) ||
    mayBeForgotten(gap, progress, nowMs, settings);
  if (isForgotten) return 'forgotten';
  if (sizeOf(gap) > maxAskedIds) return 'too-long';
  const isFirstUnderWay = isUnresolved(gap) && nowMs < (gap.deadlineMs ?? Number.POSITIVE_INFINITY);
  return isFirstUnderWay || isAskedAgain(gap, nowMs) ? 'waiting' : undefined;
}

/** Whether an operator had the producer asked again, and it still has time to answer. */
export function isAskedAgain({ askedAgain }: Pick<Gap, 'askedAgain'>, nowMs: number): boolean {
  return askedAgain !== undefined && nowMs < askedAgain.deadlineMs;
}

/**
 * Records that the producer is asked again. A gap that was given up stays so until its events come: its letter said that
 * it is given up, and the watermark passed it. An unresolved gap waits for the new deadline, and is judged anew then.
 */
export function withAskedAgain(
  gap: Gap,
  nowMs: number,
  { resendTimeoutMs }: Pick<NumberedSettings, 'resendTimeoutMs'>,
): Gap {
  const askedAgain = { count: (gap.askedAgain?.count ?? 0) + 1, atMs: nowMs, deadlineMs: nowMs + resendTimeoutMs };
  const { why, ...undecided } = gap;
  return { ...(isUnresolved(gap) || why === undefined ? undecided : gap), askedAgain };
}

/** Returns the requests for the missing ids of a gap for which the producer is asked again. @param holes Ascending. */
export function requestsAgain({ stream, askedAgain }: Gap, holes: readonly Range[]): readonly ReprocessRequest[] {
  if (!askedAgain) return [];
  const { count, deadlineMs } = askedAgain;
  return joinNearest(holes, maxRequests).map(({ from, to }) => ({
    ...{ phase: 'resend' as const, stream, from, to, attempt: count + 1, deadlineMs },
  }));
}
