import type { BlockRef, BlockStore, BlockWrite, StoredBlock, StreamPage, WriteOutcome } from '../../shared/ports.ts';
import { DamagedBlock, NewerBlock } from '../../shared/tracking/block-codec.ts';
import { emptyBlock, type Block } from '../../shared/tracking/block.ts';
import type { Totals } from '../../shared/tracking/totals.ts';

/** A store of which the blocks of a stream that cannot be read are told, and taken for empty: one of them hides no other. */
export class ReadableBlocks implements BlockStore {
  private readonly store: BlockStore;
  private readonly told = new Map<number, string>();

  constructor(store: BlockStore) {
    this.store = store;
  }

  /** What could not be read so far, a line each. */
  get unreadable(): readonly string[] {
    return [...this.told.values()];
  }

  async read(refs: readonly BlockRef[]): Promise<readonly StoredBlock[]> {
    try {
      return await this.store.read(refs);
    } catch (error) {
      const index = this.tell(error);
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
        next = this.tell(error) + 1;
      }
    }
  }

  async first(stream: string): Promise<StoredBlock | undefined> {
    return this.store.first(stream).catch((error: unknown) => unknown(this.tell(error)));
  }

  async last(stream: string): Promise<Block | undefined> {
    return this.store.last(stream).catch((error: unknown) => emptyBlock(this.tell(error)));
  }

  async totals(stream: string, from: number, to: number): Promise<Totals> {
    return this.store.totals(stream, from, to);
  }

  /** None where one of them cannot be read. */
  async unpublished(stream: string, limit: number): Promise<readonly StoredBlock[]> {
    return this.store.unpublished(stream, limit).catch((error: unknown) => {
      this.tell(error);
      return [];
    });
  }

  async streams(limit: number, cursor?: string): Promise<StreamPage | undefined> {
    return this.store.streams(limit, cursor);
  }

  /** @returns The index of the block that could not be read. @throws What is about no block. */
  private tell(error: unknown): number {
    if (!(error instanceof DamagedBlock || error instanceof NewerBlock)) throw error;
    this.told.set(error.index, error.message);
    return error.index;
  }
}

function unknown(index: number): StoredBlock {
  return { block: emptyBlock(index), version: undefined, expireAtMs: Number.POSITIVE_INFINITY };
}
