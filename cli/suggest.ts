/** Returns the word that is most like a mistyped one. Undefined if none is like it. */
export function suggestionFor(typed: string, words: readonly string[]): string | undefined {
  const maxDistance = Math.max(1, Math.floor(typed.length / 3));
  const near = words
    .map((word) => ({ word, distance: word.startsWith(typed) ? 0.5 : distanceOf(typed, word) }))
    .filter(({ distance }) => distance <= maxDistance)
    .toSorted((a, b) => a.distance - b.distance);
  return near[0]?.word;
}

/** Spells a suggestion behind a sentence. */
export function spellSuggestion(typed: string, words: readonly string[]): string {
  const word = suggestionFor(typed, words);
  return word === undefined ? '' : `; did you mean ${word}?`;
}

/** The number of characters to insert, remove, replace or swap: the optimal string alignment distance. */
function distanceOf(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(isSwapped ? Math.min(least, (before[j - 2] ?? 0) + 1) : least);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
