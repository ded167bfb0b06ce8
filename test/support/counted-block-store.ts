import type { Block } from '../../shared/tracking/block.ts';
import type { Totals } from '../../shared/tracking/totals.ts';
import type {
  BlockRef,
  PlacedBlock,
  BlockStore,
  BlockWrite,
  StoredBlock,
  StreamPage,
  WriteOutcome,
  WrittenBlock,
} from '../../shared/ports.ts';

/** Counts the reads of a block store as Firestore bills them: one for each document, and one for a query without a result. */
export class CountedBlockStore implements BlockStore {
  reads = 0;
  private readonly store: BlockStore;

  constructor(store: BlockStore) {
    this.store = store;
  }

  async read(refs: readonly BlockRef[]): Promise<readonly StoredBlock[]> {
    this.reads += refs.length;
    return this.store.read(refs);
  }

  async write(writes: readonly BlockWrite[]): Promise<readonly WriteOutcome[]> {
    return this.store.write(writes);
  }

  async *scan(stream: string, from: number, to: number): AsyncIterable<Block> {
    let found = 0;
    for await (const block of this.store.scan(stream, from, to)) {
      found++;
      yield block;
    }
    this.reads += Math.max(1, found);
  }

  async first(stream: string): Promise<StoredBlock | undefined> {
    this.reads++;
    return this.store.first(stream);
  }

  async last(stream: string): Promise<Block | undefined> {
    this.reads++;
    return this.store.last(stream);
  }

  async lastBucket(stream: string): Promise<Block | undefined> {
    this.reads++;
    return this.store.lastBucket(stream);
  }

  async eventTotals(stream: string, from: number, end?: number): Promise<Totals> {
    this.reads += 2;
    return this.store.eventTotals(stream, from, end);
  }

  async below(stream: string, index: number, limit: number): Promise<readonly Block[]> {
    const blocks = await this.store.below(stream, index, limit);
    this.reads += Math.max(1, blocks.length);
    return blocks;
  }

  async *writtenSince(stream: string, sinceMs: number, above?: number): AsyncIterable<WrittenBlock> {
    let found = 0;
    for await (const block of this.store.writtenSince(stream, sinceMs, above)) {
      found++;
      yield block;
    }
    this.reads += Math.max(1, found);
  }

  async totals(stream: string, from: number, to: number): Promise<Totals> {
    this.reads++;
    return this.store.totals(stream, from, to);
  }

  async unsettled(stream: string, limit: number): Promise<readonly PlacedBlock[]> {
    const blocks = await this.store.unsettled(stream, limit);
    this.reads += blocks.length;
    return blocks;
  }

  async unpublished(stream: string, limit: number): Promise<readonly StoredBlock[]> {
    const blocks = await this.store.unpublished(stream, limit);
    this.reads += Math.max(1, blocks.length);
    return blocks;
  }

  async revisions(stream: string): Promise<number> {
    this.reads++;
    return this.store.revisions(stream);
  }

  async streams(limit: number, cursor?: string): Promise<StreamPage | undefined> {
    return this.store.streams(limit, cursor);
  }
}
