import type { BlockStore } from '../ports.ts';
import { blockIndex, firstId, type Block } from '../tracking/block.ts';
import { heldIn } from '../tracking/totals.ts';
import { loadTotals } from './load-totals.ts';
import { sizeOf, type Range } from './range.ts';

/**
 * Counts the expected ids of a range that have no entry. It reads the first and the last block. For the blocks between
 * them the store adds up their totals without reading them. So the cost does not depend on the length of the range. With
 * a step, ids off the step in these blocks count like expected ones. So the result may be too low, by their number.
 *
 * @param step The distance of two expected ids. The first id of the range is expected.
 */
export async function countMissingIds(
  blocks: Pick<BlockStore, 'read' | 'totals'>,
  stream: string,
  range: Range,
  step = 1,
): Promise<number> {
  const [first, last] = [blockIndex(range.from), blockIndex(range.to)];
  const ends = first === last ? [first] : [first, last];
  const [stored, whole] = await Promise.all([
    blocks.read(ends.map((index) => ({ stream, index }))),
    loadTotals(blocks, stream, { from: first + 1, to: last - 1 }),
  ]);
  const isExpected = (id: number): boolean => id >= range.from && id <= range.to && (id - range.from) % step === 0;
  const held = stored.reduce((sum, { block }) => sum + countHeld(block, isExpected), 0);
  return Math.max(0, Math.ceil(sizeOf(range) / step) - held - heldIn(whole));
}

function countHeld({ index, cells }: Block, isExpected: (id: number) => boolean): number {
  return cells.filter((cell, place) => cell.length > 0 && isExpected(firstId(index) + place)).length;
}
