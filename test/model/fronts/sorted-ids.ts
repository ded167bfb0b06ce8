/** Returns the position of the first id that is not below the given one, in ascending ids. */
export function lowerBound(ids: readonly number[], id: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Merges ascending ids with new ones, which may be in any order. Equal ids are listed once. */
export function mergeSorted(ids: readonly number[], added: readonly number[]): readonly number[] {
  const merged = [...ids, ...added].sort((a, b) => a - b);
  return merged.filter((id, i) => id !== merged[i - 1]);
}
