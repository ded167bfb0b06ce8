import { isUnresolved, type Gap } from '../../shared/gaps/gap.ts';
import { HoleFinder } from '../../shared/gaps/holes.ts';
import { intersection, overlap, spellRange, type Range } from '../../shared/gaps/range.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { blockIndex, firstId, highestId, type Block } from '../../shared/tracking/block.ts';
import { totalsOf, type Totals } from '../../shared/tracking/totals.ts';
import type { Stores } from '../stores.ts';
import type { StreamBooks } from './books.ts';
import { rowsIn } from './measure.ts';

/** The most blocks that are read to find a difference: a million ids. */
const maxBlocks = 4_096;

/**
 * Finds out why the books of a stream do not balance. It reads the blocks one by one, while the books use only their
 * totals.
 *
 * @returns One line for each finding.
 */
export async function locate(
  { blocks, ledger }: Stores,
  stream: string,
  { from, to, scanned }: StreamBooks,
): Promise<readonly string[]> {
  const findings: string[] = [];
  const last = await blocks.last(stream);
  if (((last && highestId(last)) ?? -1) < to) findings.push(`id ${to} was seen, but nothing of it is stored any more`);
  const proved = { from, to: Math.min(scanned, firstId(blockIndex(from) + maxBlocks) - 1) };
  const finder = new HoleFinder([proved], Number.POSITIVE_INFINITY);
  const indexes = { from: blockIndex(from), to: blockIndex(Math.max(from, proved.to)) };
  findings.push(...(await countCells(blocks, stream, indexes, finder)));
  const holes = finder.coverage().flatMap((coverage) => coverage.holes);
  findings.push(...unexplained(holes, await rowsIn(ledger, stream, proved)));
  if (proved.to < scanned) findings.push(`ids above ${proved.to} were not looked at one by one`);
  return findings;
}

/**
 * Counts the entries of every block in a range of indexes, and compares them with the totals of the block.
 *
 * @returns One line for each difference.
 */
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
    if (miscounted(block, said).length > 0)
      findings.push(...(await miscountedIfUnchanged(blocks, stream, block.index)));
  }
  return findings;
}

/**
 * Compares one block again. A difference counts only if the block was not written meanwhile, because every write counts
 * the totals anew.
 */
async function miscountedIfUnchanged(blocks: BlockStore, stream: string, index: number): Promise<readonly string[]> {
  const ref = { stream, index };
  const [before] = await blocks.read([ref]);
  const said = await blocks.totals(stream, index, index);
  const [after] = await blocks.read([ref]);
  return after?.version !== undefined && after.version === before?.version ? miscounted(after.block, said) : [];
}

/** Describes each difference between the totals of a block and its entries. */
function miscounted({ index, cells }: Block, said: Totals): readonly string[] {
  const counted = totalsOf(cells);
  return (Object.keys(counted) as (keyof Totals)[])
    .filter((state) => said[state] !== counted[state])
    .map((state) => `${state}: block ${index} says ${said[state]}, but holds ${counted[state]}`);
}

/**
 * Describes the parts of holes that no gap explains. Holes and gaps are ascending.
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
