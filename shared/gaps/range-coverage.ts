import type { BlockStore } from '../ports.ts';
import { blockIndex, firstId, type Block } from '../tracking/block.ts';
import { HoleFinder, type RangeCoverage } from './holes.ts';
import type { Range } from './range.ts';

/** The most blocks that are read by one call. */
const blocksAtOnce = 64;

type Reads = Pick<BlockStore, 'read' | 'scan'>;

/**
 * Reads the entries of ranges of ids, each block once.
 *
 * @param ranges Ascending, and apart from each other.
 * @param isTimeOver Ends the reading early. It is asked before each call, and before each block of a scan.
 * @returns The coverages of the ranges that were read whole: all of them, or the first ones, at least one.
 */
export async function loadRangeCoverage(
  blocks: Reads,
  stream: string,
  ranges: readonly Range[],
  isTimeOver: () => boolean = () => false,
): Promise<readonly RangeCoverage[]> {
  const finder = new HoleFinder(ranges);
  const firstTo = ranges[0]?.to ?? 0;
  const mayEndAt = (index: number): boolean => firstId(index) > firstTo && isTimeOver();
  for (const batch of batches(blockRanges(ranges))) {
    if (mayEndAt(batch.from)) return finder.coverage(firstId(batch.from));
    for await (const block of readBatch(blocks, stream, batch)) {
      if (!batch.alone && mayEndAt(block.index)) return finder.coverage(firstId(block.index));
      finder.see(block);
    }
  }
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

/** Blocks that are read by one call, or by one scan. */
interface Batch extends Range {
  /** The blocks, by their indexes; undefined for all from the first to the last, which are scanned. */
  readonly alone?: readonly number[];
}

/** Puts the blocks that stand alone together, since gaps often lie far apart. Batches are ascending, as the ranges are. */
function* batches(ranges: readonly Range[]): Generator<Batch, void, undefined> {
  let alone: number[] = [];
  for (const { from, to } of ranges) {
    if (from === to) alone.push(from);
    if (from === to && alone.length < blocksAtOnce) continue;
    yield* batchOf(alone);
    alone = [];
    if (from < to) yield { from, to };
  }
  yield* batchOf(alone);
}

function batchOf(alone: readonly number[]): readonly Batch[] {
  const [from, to] = [alone[0], alone.at(-1)];
  return from === undefined || to === undefined ? [] : [{ from, to, alone }];
}

async function* readBatch(blocks: Reads, stream: string, { from, to, alone }: Batch): AsyncGenerator<Block> {
  if (!alone) yield* blocks.scan(stream, from, to);
  else for (const { block } of await blocks.read(alone.map((index) => ({ stream, index })))) yield block;
}
