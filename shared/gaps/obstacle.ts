import type { StreamSettings } from '../stream-settings.ts';
import type { Gap, GapObstacle } from './gap.ts';
import type { Progress } from './progress.ts';
import type { RangeCoverage } from './holes.ts';
import { overlap, sizeOf, type Range } from './range.ts';
import { describeNumbers, doubtOf, isUndecided, type Doubt } from './surroundings.ts';

/** The maximum wait of a gap for more ids after its deadline: this number of resend timeouts, and at most an hour. */
const maxWait = { resendTimeouts: 12, ms: 3_600_000 };

/** The reasons for gaps around which too little is known. */
const tooLittle = {
  little: 'too few events are known around the gap to infer what is missing',
  much: 'more events are missing than are known around the gap, too many to infer what is missing',
} as const;

/** Returns how long a gap may wait for more ids after its deadline, in milliseconds. */
export function maxWaitMs({ resendTimeoutMs }: Pick<StreamSettings, 'resendTimeoutMs'>): number {
  return Math.min(maxWait.resendTimeouts * resendTimeoutMs, maxWait.ms);
}

/**
 * Returns the reason why the events of a gap must not be inferred, or must not be inferred yet. Undefined if they may be.
 *
 * @param events The ids of the events around the gap and in it, ascending.
 */
export function obstacleTo(
  gap: Gap,
  coverage: Pick<RangeCoverage, 'missing' | 'holes'>,
  events: readonly number[],
  progress: Pick<Progress, 'forgotten' | 'wokeAtMs'>,
  nowMs: number,
  settings: StreamSettings,
): GapObstacle | undefined {
  const doubt = worstDoubt(gap, coverage, events, settings);
  if (doubt === 'holes') return { why: describeNumbers(gap, events, settings), isDoubtful: true };
  if (doubt) return { why: tooLittle[doubt], isDoubtful: false };
  // An event that came and was forgotten would be published again.
  if (mayBeForgotten(gap, progress, nowMs, settings)) return { why: 'its events may be forgotten', isDoubtful: false };
  const mayWait = nowMs < (gap.deadlineMs ?? 0) + maxWaitMs(settings);
  return mayWait && coverage.holes.some((hole) => isUndecided(hole, events, settings)) ? 'wait' : undefined;
}

/**
 * Whether events of a gap may have come and been forgotten. If sweeps had stopped for longer than a window, this may hold
 * for any id, until all events of that time would be forgotten.
 */
export function mayBeForgotten(
  gap: Range,
  { forgotten, wokeAtMs }: Pick<Progress, 'forgotten' | 'wokeAtMs'>,
  nowMs: number,
  { windowMs }: StreamSettings,
): boolean {
  return forgotten.some((range) => overlap(range, gap)) || (wokeAtMs !== undefined && nowMs < wokeAtMs + windowMs);
}

/**
 * Judges a gap, and each hole in it by itself. Doubtful holes share a gap. Judged as one, a dense stretch between two
 * clusters of holes would hide them.
 */
export function worstDoubt(
  gap: Range,
  { missing, holes }: Pick<RangeCoverage, 'missing' | 'holes'>,
  events: readonly number[],
  settings: StreamSettings,
): Doubt | undefined {
  const isDoubtful = (hole: Range): boolean => doubtOf(hole, sizeOf(hole), events, settings) === 'holes';
  const doubt = doubtOf(gap, missing, events, settings);
  return doubt !== 'holes' && holes.length > 1 && holes.some(isDoubtful) ? 'holes' : doubt;
}
