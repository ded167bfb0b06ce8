import type {
  BlockRef,
  PlacedBlock,
  BlockStore,
  BlockWrite,
  StoredBlock,
  StreamPage,
  WriteOutcome,
  WrittenBlock,
} from '../ports.ts';
import { DamagedBlock, NewerBlock } from '../tracking/block-codec.ts';
import { emptyBlock, type Block } from '../tracking/block.ts';
import type { Totals } from '../tracking/totals.ts';

/**
 * A block store that takes unreadable blocks of a stream for empty and remembers them, so that one of them does not
 * hide the others.
 */
export class ReadableBlocks implements BlockStore {
  private readonly store: BlockStore;
  private readonly problems = new Map<number, string>();

  constructor(store: BlockStore) {
    this.store = store;
  }

  /** The blocks that could not be read so far, one line each. */
  get unreadable(): readonly string[] {
    return [...this.problems.values()];
  }

  async read(refs: readonly BlockRef[]): Promise<readonly StoredBlock[]> {
    try {
      return await this.store.read(refs);
    } catch (error) {
      const index = this.remember(error);
      if (refs.length === 1) return [unknown(index)];
      const alone = await Promise.all(refs.map((ref) => this.read([ref])));
      return alone.flat();
    }
  }

  async write(writes: readonly BlockWrite[]): Promise<readonly WriteOutcome[]> {
    return this.store.write(writes);
  }

  async *scan(stream: string, from: number, to: number): AsyncIterable<Block> {
    for (let next = from; next <= to;) {
      try {
        yield* this.store.scan(stream, next, to);
        return;
      } catch (error) {
        next = this.remember(error) + 1;
      }
    }
  }

  async first(stream: string): Promise<StoredBlock | undefined> {
    return this.store.first(stream).catch((error: unknown) => unknown(this.remember(error)));
  }

  async last(stream: string): Promise<Block | undefined> {
    return this.store.last(stream).catch((error: unknown) => emptyBlock(this.remember(error)));
  }

  async lastBucket(stream: string): Promise<Block | undefined> {
    return this.store.lastBucket(stream).catch((error: unknown) => emptyBlock(this.remember(error)));
  }

  async below(stream: string, index: number, limit: number): Promise<readonly Block[]> {
    if (limit === 0) return [];
    try {
      return await this.store.below(stream, index, limit);
    } catch (error) {
      const unreadable = this.remember(error);
      const above: Block[] = [];
      for await (const block of this.scan(stream, unreadable + 1, index)) above.unshift(block);
      return [...above, ...(await this.below(stream, unreadable - 1, limit - above.length))];
    }
  }

  /** Ends at the first block that cannot be read. */
  async *writtenSince(stream: string, sinceMs: number, above?: number): AsyncIterable<WrittenBlock> {
    try {
      yield* this.store.writtenSince(stream, sinceMs, above);
    } catch (error) {
      this.remember(error);
    }
  }

  async totals(stream: string, from: number, to: number): Promise<Totals> {
    return this.store.totals(stream, from, to);
  }

  async eventTotals(stream: string, from: number, end?: number): Promise<Totals> {
    return this.store.eventTotals(stream, from, end);
  }

  /** Returns no blocks if one of them cannot be read. */
  async unsettled(stream: string, limit: number): Promise<readonly PlacedBlock[]> {
    return this.store.unsettled(stream, limit).catch((error: unknown) => {
      this.remember(error);
      return [];
    });
  }

  /** Returns no blocks if one of them cannot be read. */
  async unpublished(stream: string, limit: number): Promise<readonly StoredBlock[]> {
    return this.store.unpublished(stream, limit).catch((error: unknown) => {
      this.remember(error);
      return [];
    });
  }

  async revisions(stream: string): Promise<number> {
    return this.store.revisions(stream);
  }

  async streams(limit: number, cursor?: string): Promise<StreamPage | undefined> {
    return this.store.streams(limit, cursor);
  }

  /** Remembers a block that cannot be read. @returns Its index. @throws Any other error. */
  private remember(error: unknown): number {
    if (!(error instanceof DamagedBlock || error instanceof NewerBlock)) throw error;
    this.problems.set(error.index, error.message);
    return error.index;
  }
}

function unknown(index: number): StoredBlock {
  return { block: emptyBlock(index), version: undefined, expireAtMs: Number.POSITIVE_INFINITY };
}
