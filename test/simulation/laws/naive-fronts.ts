import type { Range } from '../../../shared/gaps/range.ts';
import type { StreamSettings } from '../../../shared/stream-settings.ts';

/** The fronts and the outliers of a stream, as its held ids form them. Ascending. */
export interface NaiveFronts {
  readonly fronts: readonly Range[];
  readonly outliers: readonly number[];
}

type Settings = Pick<StreamSettings, 'maxGap' | 'numbering'>;

/**
 * Forms the fronts of a stream from its held ids, without any progress of earlier sweeps. The laws compare the result
 * with the progress of the pipeline, so this does not use the pipeline's code.
 */
export function naiveFronts(ids: Iterable<number>, settings: Settings): NaiveFronts {
  const step = naiveStep(settings);
  const groups = joinWithin([...ids].sort((a, b) => a - b).map(toRange), (Math.min(16, settings.maxGap) + 1) * step);
  const fronts = joinWithin(
    groups.filter(({ from, to }) => to > from),
    (settings.maxGap + 1) * step,
  );
  const outliers = groups.filter(({ from, to }) => from === to && !isIn(fronts, from)).map(({ from }) => from);
  return { fronts, outliers };
}

/** Joins numbers that adjoin. @param pieces Ascending. */
export function runsOfNumbers(pieces: readonly Range[]): readonly Range[] {
  return joinWithin(pieces, 1);
}

export function naiveStep({ numbering }: Pick<StreamSettings, 'numbering'>): number {
  return typeof numbering === 'object' && 'step' in numbering ? numbering.step : 1;
}

/** Whether one of some ranges contains an id. */
export function isIn(ranges: readonly Range[], id: number): boolean {
  return ranges.some(({ from, to }) => from <= id && id <= to);
}

/** Whether a row has so many ids that it says nothing of a single one. */
export function isLongRow({ from, to }: Range, settings: Settings): boolean {
  return to - from + 1 > settings.maxGap * naiveStep(settings);
}

function joinWithin(ranges: readonly Range[], distance: number): readonly Range[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of ranges) {
    const last = joined.at(-1);
    if (last && from - last.to <= distance) last.to = to;
    else joined.push({ from, to });
  }
  return joined;
}

function toRange(id: number): Range {
  return { from: id, to: id };
}
