/** The reasons that `reconstruct` and `sweep` record as codes, in words. */
const words: Readonly<Record<string, string>> = {
  'too-uncertain': 'too uncertain to be inferred',
  'type-not-inferable': 'the catalog does not allow to infer its type',
  'nothing-known-around': 'no event is known around',
  'too-long': 'more ids than maxGap',
};

/** Spells the reason why a gap is given up. @param why As the row has it: codes with commas between, or a sentence. */
export function spellWhy(why: string): string {
  return why
    .split(', ')
    .map((part) => words[part] ?? part)
    .join(', ');
}
