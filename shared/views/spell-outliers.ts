import { commonest } from '../gaps/surroundings.ts';

/** The minimum number of neighbours that have the same distance. */
const minTimes = 3;

/**
 * Asks whether ids grow by a fixed distance, if most neighbours among the outliers have it. Ids that are far from each
 * other form no front, so nothing is missing between them.
 *
 * @param outliers Ascending.
 */
export function askForStep(outliers: readonly number[]): string | undefined {
  const distances = outliers.slice(1).map((id, i) => id - (outliers[i] ?? id));
  const [distance, times] = commonest(distances) ?? [0, 0];
  if (times < minTimes || times * 2 <= distances.length) return undefined;
  return `Do ids grow by ${distance}? Then set numbering: { step: ${distance} }, so that losses are found.`;
}
