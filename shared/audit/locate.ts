import { uncovered } from '../gaps/cover.ts';
import type { Gap } from '../gaps/gap.ts';
import { intersection, overlap, sizeOf, spellRange, type Range } from '../gaps/range.ts';
import type { BlockStore } from '../ports.ts';
import type { StreamSettings } from '../stream-settings.ts';
import { blockIndex, firstId, type Block } from '../tracking/block.ts';
import { totalsOf, type Totals } from '../tracking/totals.ts';
import type { AuditStores } from './audit-stores.ts';
import { expectedHoles } from './expected-holes.ts';
import { loadLedgerRows } from './ledger-rows.ts';
import { countExpected, placeOf, placesIn } from './places.ts';
import type { ProvedFront } from './proved-front.ts';

/** The most blocks that are read to find a difference: a million ids. */
const maxBlocks = 4_096;

/**
 * Finds out why the books of a front do not balance. It reads the blocks one by one, while the books use only their
 * totals.
 *
 * @param highest The highest id of the stream that is stored.
 * @returns One line for each finding.
 */
export async function locate(
  { blocks, ledger, catalog }: AuditStores,
  stream: string,
  front: ProvedFront,
  highest: number | undefined,
): Promise<readonly string[]> {
  const settings = catalog.stream(stream);
  const { from, to, scanned } = front;
  const findings: string[] = [];
  if ((highest ?? -1) < to) findings.push(`id ${to} was seen, but nothing of it is stored any more`);
  const proved = { from, to: Math.min(scanned, firstId(blockIndex(from) + maxBlocks) - 1) };
  const indexes = { from: blockIndex(from), to: blockIndex(Math.max(from, proved.to)) };
  findings.push(...(await countCells(blocks, stream, indexes)));
  const { rows } = await loadLedgerRows(ledger, stream, [front], settings);
  const placed = placesIn(front, rows, settings);
  for await (const { expected } of expectedHoles(blocks, stream, proved, settings))
    if (expected) findings.push(...unexplained(expected, placed, rows, settings));
  if (proved.to < scanned) findings.push(`ids above ${proved.to} were not looked at one by one`);
  return findings;
}

/**
 * Counts the entries of every block in a range of indexes, and compares them with the totals of the block.
 *
 * @returns One line for each difference.
 */
export async function countCells(blocks: BlockStore, stream: string, { from, to }: Range): Promise<readonly string[]> {
  const findings: string[] = [];
  for await (const block of blocks.scan(stream, from, to)) {
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
 * Describes the parts of a hole that have no place, ascending.
 *
 *     hole     6 ─────── 9
 *     gaps     6 ─ 7 open   9 filled
 *     found    8: no gap;   9: filled, and empty
 *
 * @param expected The lowest and the highest expected id of the hole.
 * @param placed The places of the ids that may be missing.
 * @param rows All gaps of the front.
 */
export function unexplained(
  expected: Range,
  placed: readonly Range[],
  rows: readonly Gap[],
  settings: Pick<StreamSettings, 'numbering'>,
): readonly string[] {
  let left = uncovered([expected], placed);
  const found: { readonly range: Range; readonly why: string }[] = [];
  if (left.length === 0) return [];
  const near = rows.filter((row) => overlap(row, expected)).sort((a, b) => sizeOf(a) - sizeOf(b));
  for (const row of near) {
    const inRow = left.filter((range) => overlap(row, range)).map((range) => intersection(row, range));
    found.push(...inRow.map((range) => ({ range, why: whyNot(row) })));
    left = uncovered(left, [row]);
  }
  return [...found, ...left.map((range) => ({ range, why: 'and in no gap of the ledger' }))]
    .filter(({ range }) => countExpected(expected, range, settings) > 0)
    .sort((a, b) => a.range.from - b.range.from)
    .map(({ range, why }) => `missing: ${spellRange(range)} without an entry, ${why}`);
}

/** Says why ids without an entry have no place in a gap. */
function whyNot(gap: Gap): string {
  if (placeOf(gap) === undefined) return `in the gap ${spellRange(gap)}, which is ${gap.state}`;
  return `in no gap but ${spellRange(gap)}, which is too long to tell anything of single ids`;
}
