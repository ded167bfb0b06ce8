import type { BlockStore } from '../../shared/ports.ts';
import { firstId } from '../../shared/tracking/block.ts';

/** The ids that have an entry in some streams, and those with an event that waits for the answer of verify. */
export interface IdsInBlocks {
  readonly held: ReadonlyMap<string, ReadonlySet<number>>;
  readonly suspects: readonly Suspect[];
}

export interface Suspect {
  readonly stream: string;
  readonly id: number;
}

/** Reads all blocks of some streams. */
export async function loadIdsInBlocks(
  blocks: Pick<BlockStore, 'scan'>,
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
        if (cell.some(({ state }) => state === 'suspect')) suspects.push({ stream, id: firstId(index) + i });
      }
    }
  }
  return { held, suspects };
}
