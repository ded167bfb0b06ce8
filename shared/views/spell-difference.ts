import { formatCount } from './format.ts';

/** Says that the books of a stream do not balance. @param difference The number of ids in no place, or in two. */
export function spellDifference(difference: number): string {
  return `books do not balance: ${formatCount(Math.abs(difference), 'id')} in no place, or in two`;
}
