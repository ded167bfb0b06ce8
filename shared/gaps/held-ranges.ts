import { firstId, type Block } from '../tracking/block.ts';
import { rangesOf, type Range } from './range.ts';

/** Returns the ids that have an entry, as ascending ranges that do not touch. */
export function heldRanges({ index, cells }: Block): readonly Range[] {
  const ids: number[] = [];
  for (const [place, cell] of cells.entries()) if (cell.length > 0) ids.push(firstId(index) + place);
  return rangesOf(ids);
}
