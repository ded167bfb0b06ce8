import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import { HoleFinder } from '../../shared/gaps/holes.ts';
import { intersection, overlap, spellRange, type Range } from '../../shared/gaps/range.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { blockIndex, firstId, highestId, type Block } from '../../shared/tracking/block.ts';
import { totalsOf, type Totals } from '../../shared/tracking/totals.ts';
import type { Stores } from '../stores.ts';
import type { StreamBooks } from './books.ts';
import { rowsIn } from './measure.ts';

/** The most blocks that are read to find what is off: a million ids. */
const maxBlocks = 4_096;

/** Says what makes the books of a stream not balance, a line each: reads its blocks one by one, which the books did not. */
export async function locate(
  { blocks, ledger }: Stores,
  stream: string,
  { from, to, scanned }: StreamBooks,
): Promise<readonly string[]> {
  const findings: string[] = [];
  const last = await blocks.last(stream);
  if (((last && highestId(last)) ?? -1) < to) findings.push(`id ${to} was seen, and nothing is stored of it any more`);
  const proved = { from, to: Math.min(scanned, firstId(blockIndex(from) + maxBlocks) - 1) };
  const finder = new HoleFinder([proved], Number.POSITIVE_INFINITY);
  const indexes = { from: blockIndex(from), to: blockIndex(Math.max(from, proved.to)) };
  findings.push(...(await countCells(blocks, stream, indexes, finder)));
  const holes = finder.coverage().flatMap((coverage) => coverage.holes);
  findings.push(...unexplained(holes, await rowsIn(ledger, stream, proved)));
  if (proved.to < scanned) findings.push(`ids above ${proved.to} were not looked at one by one`);
  return findings;
}

/** Counts the cells of every block in a range of indexes against its totals: says where they differ, a line each. */
export async function countCells(
  blocks: BlockStore,
  stream: string,
  { from, to }: Range,
  finder = new HoleFinder([]),
): Promise<readonly string[]> {
  const findings: string[] = [];
  for await (const block of blocks.scan(stream, from, to)) {
    finder.see(block);
    const said = await blocks.totals(stream, block.index, block.index);
    if (miscounted(block, said).length > 0) findings.push(...(await miscountedAtRest(blocks, stream, block.index)));
  }
  return findings;
}

/** Looks at one block again, and believes what was not written meanwhile: whoever writes a block counts it anew. */
async function miscountedAtRest(blocks: BlockStore, stream: string, index: number): Promise<readonly string[]> {
  const ref = { stream, index };
  const [before] = await blocks.read([ref]);
  const said = await blocks.totals(stream, index, index);
  const [after] = await blocks.read([ref]);
  return after?.version !== undefined && after.version === before?.version ? miscounted(after.block, said) : [];
}

/** Where a block's totals are not what its entries come to. */
function miscounted({ index, cells }: Block, said: Totals): readonly string[] {
  const counted = totalsOf(cells);
  return (Object.keys(counted) as (keyof Totals)[])
    .filter((state) => said[state] !== counted[state])
    .map((state) => `${state}: block ${index} says ${said[state]}, and holds ${counted[state]}`);
}

/**
 * What of some holes no gap explains. Both are ascending.
 *
 *     holes   3   6 ─ 9
 *     gaps        6 ─ 7 open   9 filled
 *     found   3, 8: no gap;    9: filled, and empty
 */
export function unexplained(holes: readonly Range[], gaps: readonly Gap[]): readonly string[] {
  const overlaps = gaps.flatMap((gap, i) => {
    const before = gaps[i - 1];
    return before && before.to >= gap.from
      ? [`ledger: the gaps ${spellRange(before)} and ${spellRange(gap)} overlap`]
      : [];
  });
  return [...overlaps, ...holes.flatMap((hole) => unexplainedIn(hole, gaps))];
}

function unexplainedIn(hole: Range, gaps: readonly Gap[]): readonly string[] {
  const found: string[] = [];
  const isInNoGap = (range: Range): void => {
    if (range.from <= range.to)
      found.push(`missing: ${spellRange(range)} without an entry, and in no gap of the ledger`);
  };
  let next = hole.from;
  for (const gap of gaps.filter((one) => overlap(one, hole))) {
    const shared = intersection(gap, hole);
    isInNoGap({ from: next, to: shared.from - 1 });
    if (!isUnresolved(gap) && gap.state !== 'abandoned')
      found.push(
        `missing: ${spellRange(shared)} without an entry, in the gap ${spellRange(gap)}, which is ${gap.state}`,
      );
    next = Math.max(next, shared.to + 1);
  }
  isInNoGap({ from: next, to: hole.to });
  return found;
}
