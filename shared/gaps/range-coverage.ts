import type { BlockStore } from '../ports.ts';
import { blockIndex, firstId, type Block } from '../tracking/block.ts';
import { HoleFinder, type RangeCoverage } from './holes.ts';
import { joinRanges } from './range-set.ts';
import type { Range } from './range.ts';

/** The maximum number of blocks in one read. */
const blocksAtOnce = 64;

type Reads = Pick<BlockStore, 'read' | 'scan'>;

/**
 * Loads the coverage of ranges of ids. Each block is read once.
 *
 * @param ranges Ascending by their first id.
 * @param step The distance of two expected ids. The first id of each range is expected.
 * @param isTimeOver Ends the reading early. It is called before each read, and before each block of a scan.
 * @returns The coverage of each range that was read completely: of all ranges, or of the first ones, but at least of
 * one.
 */
export async function loadRangeCoverage(
  blocks: Reads,
  stream: string,
  ranges: readonly Range[],
  step = 1,
  isTimeOver: () => boolean = () => false,
): Promise<readonly RangeCoverage[]> {
  const finder = new HoleFinder(ranges, step);
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

/** Returns the blocks of some ranges of ids, as ascending ranges of block indexes that do not touch. */
export function blockRanges(ranges: readonly Range[]): readonly Range[] {
  return joinRanges(ranges.map(({ from, to }) => ({ from: blockIndex(from), to: blockIndex(to) })));
}

/** Blocks that one read or one scan loads. */
interface Batch extends Range {
  /** The indexes of single blocks. Undefined if all blocks from the first to the last are scanned. */
  readonly alone?: readonly number[];
}

/** Collects single blocks into one read, since gaps are often far apart. The batches are ascending. */
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
