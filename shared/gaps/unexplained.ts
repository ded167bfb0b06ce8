import { idsIn, rangesOf, type Range } from './range.ts';
import { expectedIn, patternAround, type DoubtSettings, type Pattern } from './surroundings.ts';

/**
 * Returns the missing ids of a doubtful gap that the pattern of the numbers around it does not explain. If the numbers are
 * what they look like, these events are lost, and no others.
 *
 *     events     1 3 5 · 9 11                 ids grow by 2               7
 *     events     0 1 2 · 4 · 6 · 8 9 10 · …   every 4th id is missing     5
 *
 * @param holes The missing ids of the gap, ascending.
 * @param events The ids of events near the gap, ascending.
 * @returns Ascending. Undefined if the numbers have no pattern.
 */
export function unexplainedIn(
  gap: Range,
  holes: readonly Range[],
  events: readonly number[],
  settings: DoubtSettings,
): readonly Range[] | undefined {
  const pattern = patternAround(gap, events, settings);
  return pattern && holes.flatMap((hole) => unexplainedBy(pattern, hole, events, settings));
}

function unexplainedBy(
  pattern: Pattern,
  hole: Range,
  events: readonly number[],
  settings: DoubtSettings,
): readonly Range[] {
  const isRegular = (id: number): boolean => pattern.kind !== 'step' && (id - pattern.id) % pattern.period === 0;
  switch (pattern.kind) {
    case 'step':
      return expectedWithStep(hole, events, pattern.distance, settings);
    case 'unused':
      return rangesOf(idsIn([hole]).filter((id) => !isRegular(id)));
    case 'ends':
      return isRegular(hole.to + 1) ? [] : [hole];
    case 'begins':
      return isRegular(hole.from) ? [] : [hole];
  }
}

/** Returns the ids that would be expected in a hole if ids grew by a step. */
function expectedWithStep(
  hole: Range,
  events: readonly number[],
  step: number,
  settings: DoubtSettings,
): readonly Range[] {
  const expected = expectedIn(hole, events, { ...settings, numbering: { step } });
  const count = expected ? (expected.to - expected.from) / step + 1 : 0;
  return Array.from({ length: count }, (_, i) => (expected?.from ?? 0) + i * step).map((id) => ({ from: id, to: id }));
}
