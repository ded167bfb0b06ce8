import type { StreamSettings } from '../stream-settings.ts';
import type { Gap, Reason } from './gap.ts';
import type { Progress } from './progress.ts';
import { overlap } from './range.ts';
import { describeNumbers, doubtOf } from './surroundings.ts';

/**
 * Returns the reason why the events of a gap must not be inferred. Undefined if they may be.
 *
 * @param missing The number of missing ids.
 * @param events The ids of the events around the gap and in it, ascending.
 */
export function obstacleTo(
  gap: Gap,
  missing: number,
  events: readonly number[],
  { forgotten }: Pick<Progress, 'forgotten'>,
  settings: StreamSettings,
): Reason | undefined {
  const doubt = doubtOf(gap, missing, events, settings);
  if (doubt === 'holes') return { why: describeNumbers(gap, events, settings), isDoubtful: true };
  if (doubt === 'little') return { why: 'too few events are known around', isDoubtful: false };
  // An event that came and was forgotten would be published again.
  if (forgotten.some((range) => overlap(range, gap))) return { why: 'its events may be forgotten', isDoubtful: false };
  return undefined;
}
