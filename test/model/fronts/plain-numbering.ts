import type { Range } from '../../../shared/gaps/range.ts';
import type { StreamSettings } from '../../../shared/stream-settings.ts';

/*
 * The numbering of a stream, told again in the plainest way. The laws must not use the functions that they judge.
 */

/** Returns the distance of two expected ids. */
export function plainStep({ numbering }: StreamSettings): number {
  return typeof numbering === 'object' && 'step' in numbering ? numbering.step : 1;
}

/** Whether a row has more expected ids than `maxGap`, so that it says nothing of single ids. */
export function isAboveMaxGap({ from, to }: Range, settings: StreamSettings): boolean {
  return to - from + 1 > settings.maxGap * plainStep(settings);
}
