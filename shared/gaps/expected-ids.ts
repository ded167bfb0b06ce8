import type { StreamSettings } from '../stream-settings.ts';

type Numbering = Pick<StreamSettings, 'numbering'>;

/** Returns the distance between two consecutive expected ids. */
export function stepOf({ numbering }: Numbering): number {
  return typeof numbering === 'object' && 'step' in numbering ? numbering.step : 1;
}

/** Whether numbers without an event are normal in the stream, so that its holes are not asked for. */
export function hasNormalHoles({ numbering }: Numbering): boolean {
  return typeof numbering === 'object' && 'holes' in numbering;
}

/** Returns the maximum distance of two ids with at most `missing` expected ids between them. */
export function distanceOver(missing: number, settings: Numbering): number {
  return (missing + 1) * stepOf(settings);
}

/** Whether a range has more expected ids than a gap may have. Such a gap tells nothing of single ids. */
export function isTooLong(
  { from, to }: { readonly from: number; readonly to: number },
  settings: Pick<StreamSettings, 'numbering' | 'maxGap'>,
): boolean {
  return (to - from + 1) / stepOf(settings) > settings.maxGap;
}
