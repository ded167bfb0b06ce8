import type { StreamSettings } from '../stream-settings.ts';
import { stepOf } from './expected-ids.ts';
import { frontsOf } from './front.ts';
import type { Progress } from './progress.ts';
import { contains } from './range-set.ts';
import type { Range } from './range.ts';

/** A question to the operator: the possible reasons for a range between two fronts. */
export const betweenQuestion = 'did numbering jump or restart, or do two producers share the stream?';
/** The reason of a gap between two fronts. */
export const betweenTwoFronts = `between two fronts of the stream; ${betweenQuestion}`;

/** The progress, and ranges between fronts to report as given up. */
export interface BetweenFronts {
  readonly progress: Progress;
  /** Ascending. */
  readonly ranges: readonly Range[];
}

/**
 * Finds the ranges between neighbouring fronts in which nothing is expected any more: the upper front grew a grace and
 * a resend timeout after the lower one last did. A range is reported once in the life of the upper front. With a step, it
 * begins and ends with an expected id.
 *
 *     fronts     [1 ── 400]                    [5000 ── 5100] → grows
 *     reported              401 ─────── 4999
 */
export function betweenFronts(
  progress: Progress,
  settings: Pick<StreamSettings, 'graceMs' | 'resendTimeoutMs' | 'numbering'>,
): BetweenFronts {
  const { graceMs, resendTimeoutMs } = settings;
  const step = stepOf(settings);
  const fronts = frontsOf(progress);
  const ranges: Range[] = [];
  const told = [...progress.told];
  for (const [i, upper] of fronts.entries()) {
    const lower = fronts[i - 1];
    if (!lower || upper.grewAtMs < lower.grewAtMs + graceMs + resendTimeoutMs) continue;
    if (told.some((id) => id >= upper.first && id <= upper.last)) continue;
    if (contains(progress.forgotten, lower.last + 1)) continue;
    ranges.push({ from: lower.last + step, to: Math.max(lower.last + step, upper.first - step) });
    told.push(upper.last);
  }
  return ranges.length === 0 ? { progress, ranges } : { progress: { ...progress, told }, ranges };
}
