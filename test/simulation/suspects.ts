import type { BlockStore } from '../../shared/ports.ts';
import { firstId } from '../../shared/tracking/block.ts';

/** An id with an event that waits for the answer of verify. */
export interface Suspect {
  readonly stream: string;
  readonly id: number;
}

/** Reads all blocks of some streams and lists the ids whose event waits for the answer of verify. */
export async function loadSuspects(
  blocks: Pick<BlockStore, 'scan'>,
  streams: readonly string[],
): Promise<readonly Suspect[]> {
  const suspects: Suspect[] = [];
  for (const stream of streams) {
    for await (const { index, cells } of blocks.scan(stream, 0, Number.MAX_SAFE_INTEGER)) {
      cells.forEach((cell, i) => {
        if (cell.some(({ state }) => state === 'suspect')) suspects.push({ stream, id: firstId(index) + i });
      });
    }
  }
  return suspects;
}
