import type { BlockStore } from '../ports.ts';
import { blockIndex, cellIndex, type Cell } from '../tracking/block.ts';
import { heldIn } from '../tracking/totals.ts';
import { loadTotals } from './load-totals.ts';
import { sizeOf, type Range } from './range.ts';

/**
 * Counts the ids of a range that have no entry. It reads the first and the last block. For the blocks between them the
 * store adds up their totals without reading them. So the cost does not depend on the length of the range.
 */
export async function countMissingIds(
  blocks: Pick<BlockStore, 'read' | 'totals'>,
  stream: string,
  range: Range,
): Promise<number> {
  const [first, last] = [blockIndex(range.from), blockIndex(range.to)];
  const ends = first === last ? [first] : [first, last];
  const [stored, whole] = await Promise.all([
    blocks.read(ends.map((index) => ({ stream, index }))),
    loadTotals(blocks, stream, { from: first + 1, to: last - 1 }),
  ]);
  const cells = stored.flatMap(({ block: { index, cells: all } }) => {
    const from = index === first ? cellIndex(range.from) : 0;
    const to = index === last ? cellIndex(range.to) + 1 : all.length;
    return all.slice(from, to);
  });
  return sizeOf(range) - cells.filter(isHeld).length - heldIn(whole);
}

function isHeld(cell: Cell): boolean {
  return cell.length > 0;
}
