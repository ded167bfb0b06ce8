import type { BlockRef, BlockStore } from '../ports.ts';
import { blockIndex, type Block } from '../tracking/block.ts';
import { HoleFinder, type RangeCoverage } from './holes.ts';
import type { Range } from './range.ts';

/** The most blocks that are read by one call. */
const blocksAtOnce = 64;

type Reads = Pick<BlockStore, 'read' | 'scan'>;

/**
 * Reads the coverage of ranges of ids, and for it each block once.
 *
 * @param ranges Ascending, and apart from each other.
 */
export async function loadRangeCoverage(
  blocks: Reads,
  stream: string,
  ranges: readonly Range[],
): Promise<readonly RangeCoverage[]> {
  const finder = new HoleFinder(ranges);
  for await (const block of readRanges(blocks, stream, blockRanges(ranges))) finder.see(block);
  return finder.coverage();
}

/** The blocks that ranges of ids are in, as ranges of indexes that do not touch. */
export function blockRanges(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = [];
  for (const range of ranges) {
    const from = blockIndex(range.from);
    const to = blockIndex(range.to);
    const last = merged.at(-1);
    if (last && from <= last.to + 1) merged[merged.length - 1] = { from: last.from, to: Math.max(to, last.to) };
    else merged.push({ from, to });
  }
  return merged;
}

/** Reads ranges of blocks, ascending. Blocks that stand alone are read many by one call: gaps often lie far apart. */
async function* readRanges(blocks: Reads, stream: string, ranges: readonly Range[]): AsyncGenerator<Block> {
  let alone: BlockRef[] = [];
  for (const { from, to } of ranges) {
    if (from === to) alone.push({ stream, index: from });
    if (from === to && alone.length < blocksAtOnce) continue;
    yield* await readBlocks(blocks, alone);
    alone = [];
    if (from < to) yield* blocks.scan(stream, from, to);
  }
  yield* await readBlocks(blocks, alone);
}

async function readBlocks(blocks: Reads, refs: readonly BlockRef[]): Promise<readonly Block[]> {
  return refs.length === 0 ? [] : (await blocks.read(refs)).map(({ block }) => block);
}
