import type { BlockStore } from '../ports.ts';
import { blockIndex } from '../tracking/block.ts';
import { HoleFinder, type Filling } from './holes.ts';
import type { Range } from './range.ts';

/**
 * Reads what ranges of ids hold by now, each block once.
 *
 * @param ranges Ascending, and apart from each other.
 */
export async function loadFillings(
  blocks: BlockStore,
  stream: string,
  ranges: readonly Range[],
): Promise<readonly Filling[]> {
  const finder = new HoleFinder(ranges);
  for (const { from, to } of blockRanges(ranges)) {
    for await (const block of blocks.scan(stream, from, to)) finder.see(block);
  }
  return finder.fillings();
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
