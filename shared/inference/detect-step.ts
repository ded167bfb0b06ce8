import { commonest } from '../gaps/surroundings.ts';

/** The minimum number of neighbours that have the same distance. */
const minTimes = 3;

/**
 * Returns the distance of two neighbouring ids in a stream that declares no step: the distance that most neighbours
 * have, or else 1. The smallest distance would be wrong, because one id off the step would decide it.
 *
 *     10 20 30 33 40 50      10
 *
 * @param ids Ascending.
 */
export function detectStep(ids: readonly number[]): number {
  const distances: number[] = [];
  ids.forEach((id, i) => {
    const before = ids[i - 1];
    // An id with several events occurs several times.
    if (before !== undefined && before !== id) distances.push(id - before);
  });
  const [distance, times] = commonest(distances) ?? [1, 0];
  return times >= minTimes && 2 * times > distances.length ? distance : 1;
}
