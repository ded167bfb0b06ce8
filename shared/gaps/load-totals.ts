import type { BlockStore } from '../ports.ts';
import type { Totals } from '../tracking/totals.ts';
import type { Range } from './range.ts';

/** How many blocks are added up by one call: Firestore looks at an index entry for each, and ends a call after a minute. */
const blocksASum = 2 ** 18;
/** The most calls: a range of more blocks than they have room for is one of which most are not stored. */
const maxSums = 64;

export const noTotals: Totals = { clean: 0, suspect: 0, reconstructed: 0, closed: 0 };

/** Adds up the totals of a range of blocks, by their indexes, in pieces that a call can do. */
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
