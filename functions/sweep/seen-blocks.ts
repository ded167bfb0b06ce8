import { outlineOf, type BlockOutline, type Outlines } from '../../shared/gaps/block-outline.ts';
import type { BlockRef, BlockStore, StoredBlock, WrittenBlock } from '../../shared/ports.ts';
import type { Block } from '../../shared/tracking/block.ts';
import type { Totals } from '../../shared/tracking/totals.ts';

/** The maximum number of outlines in memory: some 6 MB. Blocks beyond it are read again. */
const maxOutlines = 20_000;
/** The number of blocks that a further query must save. Otherwise one query reads all blocks again, because it is faster. */
const blocksAQuery = 4;

type Reads = Pick<BlockStore, 'read' | 'scan' | 'writtenSince' | 'first' | 'totals'>;

/**
 * Reads the blocks of one stream during one sweep, and remembers the outlines of those that it has read. So a block that is
 * read to cover its ids is not read again to find its holes, or to judge the gaps near it.
 *
 * An outline is at most as old as the sweep. An event that comes meanwhile is seen by the next sweep, as if it had come after
 * the holes were found.
 */
export class SeenBlocks implements Reads, Outlines {
  private readonly store: Reads;
  private readonly seen = new Map<number, BlockOutline>();

  constructor(store: Reads) {
    this.store = store;
  }

  async read(refs: readonly BlockRef[]): Promise<readonly StoredBlock[]> {
    const stored = await this.store.read(refs);
    for (const { block } of stored) this.see(block);
    return stored;
  }

  async *scan(stream: string, from: number, to: number): AsyncGenerator<Block> {
    for await (const block of this.store.scan(stream, from, to)) {
      this.see(block);
      yield block;
    }
  }

  async *writtenSince(stream: string, sinceMs: number, above?: number): AsyncGenerator<WrittenBlock> {
    for await (const written of this.store.writtenSince(stream, sinceMs, above)) {
      this.see(written.block);
      yield written;
    }
  }

  first(stream: string): ReturnType<Reads['first']> {
    return this.store.first(stream);
  }

  totals(stream: string, from: number, to: number): Promise<Totals> {
    return this.store.totals(stream, from, to);
  }

  /** Yields outlines. Only blocks that were not read yet are read. */
  async *outlines(stream: string, from: number, to: number): AsyncGenerator<BlockOutline> {
    const known = [...this.seen.values()].filter(({ index }) => index >= from && index <= to);
    known.sort((a, b) => a.index - b.index);
    const stretches = known.filter(({ index }, i) => index > (known[i - 1]?.index ?? from - 1) + 1).length;
    const queries = stretches + ((known.at(-1)?.index ?? from - 1) < to ? 1 : 0);
    let next = from;
    for (const outline of known.length >= blocksAQuery * (queries - 1) ? known : []) {
      if (outline.index > next) yield* this.unseen(stream, next, outline.index - 1);
      yield outline;
      next = outline.index + 1;
    }
    if (next <= to) yield* this.unseen(stream, next, to);
  }

  private async *unseen(stream: string, from: number, to: number): AsyncGenerator<BlockOutline> {
    for await (const block of this.store.scan(stream, from, to)) yield this.see(block);
  }

  private see(block: Block): BlockOutline {
    const outline = outlineOf(block);
    if (this.seen.size < maxOutlines || this.seen.has(block.index)) this.seen.set(block.index, outline);
    return outline;
  }
}
