import { loadTotals, noTotals } from '../gaps/load-totals.ts';
import type { Range } from '../gaps/range.ts';
import type { BlockStore } from '../ports.ts';
import { blockIndex, cellIndex } from '../tracking/block.ts';
import { subtractTotals, totalsOf, type Totals } from '../tracking/totals.ts';

/**
 * Returns the totals of a range of ids: the totals of its blocks without the entries of the first and the last block
 * that lie outside of the range.
 */
export async function totalsIn(blocks: BlockStore, stream: string, { from, to }: Range): Promise<Totals> {
  if (to < from) return noTotals;
  const [first, last] = [blockIndex(from), blockIndex(to)];
  const [all, [lowest, highest]] = await Promise.all([
    loadTotals(blocks, stream, { from: first, to: last }),
    blocks.read([first, last].map((index) => ({ stream, index }))),
  ]);
  const below = lowest?.block.cells.slice(0, cellIndex(from)) ?? [];
  const above = highest?.block.cells.slice(cellIndex(to) + 1) ?? [];
  return subtractTotals(all, totalsOf([...below, ...above]));
}
