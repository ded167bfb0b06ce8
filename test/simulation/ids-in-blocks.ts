import type { BlockStore } from '../../shared/ports.ts';
import { firstId, type Cell } from '../../shared/tracking/block.ts';

/** The ids that have an entry in some streams, and those with an event that waits for the answer of verify. */
export interface IdsInBlocks {
  readonly held: ReadonlyMap<string, ReadonlySet<number>>;
  readonly suspects: readonly Suspect[];
}

export interface Suspect {
  readonly stream: string;
  readonly id: number;
}

/** The maximum number of buckets and of pages of a stream that are read at the end of a run. */
const maxUnsettled = 1_000;

/** Reads all blocks of some streams, and the buckets and pages that are not settled. */
export async function loadIdsInBlocks(
  blocks: Pick<BlockStore, 'scan' | 'unsettled'>,
  streams: readonly string[],
): Promise<IdsInBlocks> {
  const held = new Map<string, Set<number>>();
  const suspects: Suspect[] = [];
  for (const stream of streams) {
    const ids = new Set<number>();
    held.set(stream, ids);
    for await (const { index, cells } of blocks.scan(stream, 0, Number.MAX_SAFE_INTEGER)) {
      for (const [i, cell] of cells.entries()) {
        if (cell.length > 0) ids.add(firstId(index) + i);
        if (isWaiting(cell)) suspects.push({ stream, id: firstId(index) + i });
      }
    }
    for (const { block } of await blocks.unsettled(stream, maxUnsettled))
      for (const [i, cell] of block.cells.entries())
        if (isWaiting(cell)) suspects.push({ stream, id: firstId(block.index) + i });
  }
  return { held, suspects };
}

function isWaiting(cell: Cell): boolean {
  return cell.some(({ state }) => state === 'suspect');
}
