import { firstId, type Block } from '../tracking/block.ts';
import { rangesOf, type Range } from './range.ts';

/** Returns the ids that have an entry, as ascending ranges that do not touch. */
export function heldRanges({ index, cells }: Block): readonly Range[] {
  return rangesOf(cells.flatMap((cell, place) => (cell.length > 0 ? [firstId(index) + place] : [])));
}
