/**
 * Cuts a long text between two words, so that no number loses digits. A text whose last word is longer than half of it is
 * cut inside that word.
 *
 * @param maxLength The maximum length of what is kept, in UTF-16 units.
 */
export function cutText(text: string, maxLength: number): string {
  return text.length > maxLength ? `${endAtWord(text.slice(0, maxLength + 1)).slice(0, maxLength)} …` : text;
}

/** Removes the last word of a text that was cut, because only a part of it may be left. */
export function endAtWord(cut: string): string {
  const space = cut.lastIndexOf(' ');
  return space > cut.length / 2 ? cut.slice(0, space) : cut;
}
