import type { BlockStore } from '../ports.ts';
import type { Totals } from '../tracking/totals.ts';
import type { Range } from './range.ts';

/** The number of blocks in one sum. Firestore reads an index entry for each block, and ends a call after a minute. */
const blocksASum = 2 ** 18;
/**
 * The maximum number of calls. In a range with more blocks than that, most blocks do not exist, so each call may cover
 * more.
 */
const maxSums = 64;

export const noTotals: Totals = { clean: 0, suspect: 0, reconstructed: 0, closed: 0 };

/** Adds up the totals of a range of block indexes, with several calls if the range is long. */
export async function loadTotals(
  blocks: Pick<BlockStore, 'totals'>,
  stream: string,
  { from, to }: Range,
): Promise<Totals> {
  const piece = Math.max(blocksASum, Math.ceil((to - from + 1) / maxSums));
  let sum = noTotals;
  for (let next = from; next <= to; next += piece)
    sum = plus(sum, await blocks.totals(stream, next, Math.min(to, next + piece - 1)));
  return sum;
}

export function plus(a: Totals, b: Totals): Totals {
  return {
    clean: a.clean + b.clean,
    suspect: a.suspect + b.suspect,
    reconstructed: a.reconstructed + b.reconstructed,
    closed: a.closed + b.closed,
  };
}
