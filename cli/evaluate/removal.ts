import type { Range } from '../../shared/gaps/range.ts';
import { knownEvents, type Known } from '../../shared/inference/neighbours.ts';
import type { BlockRef, BlockStore, Random } from '../../shared/ports.ts';
import { blockIndex, emptyCell, firstId } from '../../shared/tracking/block.ts';

/** The ids of a stream. */
export interface StreamIds {
  /** The ids of its events, ascending, each once. */
  readonly ids: Float64Array;
  /** Ids between the lowest and the highest that hold nothing. */
  readonly missing: number;
}

/** The indexes of all blocks of a stream: from, to. */
const allBlocks = [0, Number.POSITIVE_INFINITY] as const;

export async function loadStreamIds(blocks: BlockStore, stream: string): Promise<StreamIds> {
  const ids: number[] = [];
  let [lowest, highest, held] = [Number.POSITIVE_INFINITY, -1, 0];
  for await (const block of blocks.scan(stream, ...allBlocks)) {
    block.cells.forEach((cell, i) => {
      if (cell.length === 0) return;
      const id = firstId(block.index) + i;
      lowest = Math.min(lowest, id);
      highest = id;
      held++;
    });
    for (const { eventId } of knownEvents(block)) if (eventId !== ids.at(-1)) ids.push(eventId);
  }
  return { ids: Float64Array.from(ids), missing: held === 0 ? 0 : highest - lowest + 1 - held };
}

/** Which events are removed. */
export interface Choice {
  /** Share of all events, from 0 to 1. */
  readonly share: number;
  /** Consecutive ids that are removed together. */
  readonly runLength: number;
  readonly random: Random;
}

/**
 * Chooses runs of consecutive ids. They are apart from each other and within the stream, so that each run has known
 * events on both sides.
 *
 * @returns Ascending. There are fewer than asked for if there is no room for more.
 */
export function chooseRuns(ids: Float64Array, { share, runLength, random }: Choice): readonly Range[] {
  const removed = new Uint8Array(ids.length);
  const wanted = Math.max(1, Math.round((ids.length * share) / runLength));
  const starts = shuffled(Math.max(0, ids.length - runLength - 1), random);
  let found = 0;
  for (const start of starts) {
    if (found === wanted) break;
    if (!isRoom(ids, removed, start + 1, runLength)) continue;
    removed.fill(1, start + 1, start + 1 + runLength);
    found++;
  }
  return rangesOf(ids, removed);
}

function isRoom(ids: Float64Array, removed: Uint8Array, at: number, runLength: number): boolean {
  const [first, last] = [ids[at] ?? 0, ids[at + runLength - 1] ?? 0];
  return last - first === runLength - 1 && !removed.subarray(at - 1, at + runLength + 1).includes(1);
}

function rangesOf(ids: Float64Array, removed: Uint8Array): readonly Range[] {
  const ranges: Range[] = [];
  removed.forEach((isRemoved, at) => {
    if (isRemoved === 0) return;
    const from = removed[at - 1] === 1 ? ranges.pop()?.from : undefined;
    const id = ids[at] ?? 0;
    ranges.push({ from: from ?? id, to: id });
  });
  return ranges;
}

/** The numbers from 0 up to a count, in random order. */
function shuffled(count: number, random: Random): Int32Array {
  const numbers = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = numbers[i] ?? 0;
    numbers[i] = numbers[j] ?? 0;
    numbers[j] = held;
  }
  return numbers;
}

/** Removes runs of events from their blocks, as if they had never come. @returns The removed events, ascending. */
export async function removeRuns(
  blocks: BlockStore,
  stream: string,
  runs: readonly Range[],
): Promise<readonly Known[]> {
  const byBlock = new Map<number, Set<number>>();
  for (const { from, to } of runs) {
    for (let id = from; id <= to; id++) byBlock.set(blockIndex(id), (byBlock.get(blockIndex(id)) ?? new Set()).add(id));
  }
  const removed: Known[] = [];
  for (const [index, ids] of byBlock) removed.push(...(await removeFromBlock(blocks, { stream, index }, ids)));
  return removed;
}

async function removeFromBlock(blocks: BlockStore, ref: BlockRef, ids: ReadonlySet<number>): Promise<readonly Known[]> {
  const [stored] = await blocks.read([ref]);
  if (!stored) return [];
  const { block, version, expireAtMs } = stored;
  const isRemoved = (cell: number): boolean => ids.has(firstId(block.index) + cell);
  const cells = block.cells.map((cell, i) => (isRemoved(i) ? emptyCell : cell));
  await blocks.write([{ ref, block: { ...block, cells }, expected: version, expireAtMs, writtenAtMs: 0 }]);
  const known = knownEvents(block).filter(({ eventId }) => ids.has(eventId));
  return known.filter(({ eventId }, i) => eventId !== known[i - 1]?.eventId);
}
