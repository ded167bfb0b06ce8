import { intercept } from '../../../shared/embedded/intercept.ts';
import type { BlockStore } from '../../../shared/ports.ts';
import type { Block } from '../../../shared/tracking/block.ts';

/** The blocks that sweeps have read. */
export class BlockReads {
  /** The indexes of the blocks that were read, whether they exist or not. */
  readonly indexes = new Set<number>();
  /** The number of reads as Firestore bills them, except that a scan without a result counts as none. */
  count = 0;

  /** Counts every read of a store. */
  countOf<Store extends BlockStore>(store: Store): Store {
    return intercept('blocks', store, async ({ method, args }, proceed) => {
      const answer = await proceed();
      if (method === 'read') this.add(args[0].map(({ index }) => index));
      else this.add(indexesIn(answer), isNextOfScan(answer) ? 0 : 1);
      return answer;
    });
  }

  reset(): void {
    this.indexes.clear();
    this.count = 0;
  }

  private add(indexes: readonly number[], least = 1): void {
    for (const index of indexes) this.indexes.add(index);
    this.count += Math.max(least, indexes.length);
  }
}

function isNextOfScan(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'done' in answer;
}

/** Finds the indexes of the blocks in an answer: a block, a stored block, several of them, or the next one of a scan. */
function indexesIn(answer: unknown): readonly number[] {
  if (Array.isArray(answer)) return answer.flatMap(indexesIn);
  if (typeof answer !== 'object' || answer === null) return [];
  if ('cells' in answer) return [(answer as Block).index];
  if ('block' in answer) return indexesIn(answer.block);
  return 'value' in answer ? indexesIn(answer.value) : [];
}
