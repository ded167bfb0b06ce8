import type { BlockRef, BlockStore, BlockWrite, StoredBlock, WriteOutcome } from '../ports.ts';
import { decodeBlock, encodeBlock, type BlockDocument } from '../tracking/block-codec.ts';
import { emptyBlock, type Block } from '../tracking/block.ts';
import type { Step } from './steps.ts';
import { VersionedMap } from './versioned-map.ts';

interface Row {
  readonly document: BlockDocument;
  readonly expireAtMs: number;
}

/** Blocks in memory, as documents: 51 bytes an event. */
export class EmbeddedBlockStore implements BlockStore {
  private readonly step: Step;
  private readonly byStream = new Map<string, VersionedMap<Row>>();

  constructor(step: Step) {
    this.step = step;
  }

  async read(refs: readonly BlockRef[]): Promise<readonly StoredBlock[]> {
    await this.step();
    return refs.map(({ stream, index }) => {
      const row = this.byStream.get(stream)?.get(String(index));
      if (!row) return { block: emptyBlock(index), version: undefined, expireAtMs: Number.POSITIVE_INFINITY };
      return { block: decodeBlock(row.value.document), version: row.version, expireAtMs: row.value.expireAtMs };
    });
  }

  async write(writes: readonly BlockWrite[]): Promise<readonly WriteOutcome[]> {
    await this.step();
    return writes.map(({ ref, block, expected, expireAtMs }) => {
      const version = this.stream(ref.stream).put(
        String(ref.index),
        { document: encodeBlock(block), expireAtMs },
        expected,
      );
      return version === undefined ? { status: 'conflict' } : { status: 'written', version };
    });
  }

  async *scan(stream: string, from: number, to: number): AsyncIterable<Block> {
    const indexes = this.indexes(stream).filter((index) => index >= from && index <= to);
    for (const index of indexes) {
      await this.step();
      const row = this.byStream.get(stream)?.get(String(index));
      if (row) yield decodeBlock(row.value.document);
    }
  }

  async first(stream: string): Promise<Block | undefined> {
    return this.at(stream, this.indexes(stream)[0]);
  }

  async last(stream: string): Promise<Block | undefined> {
    return this.at(stream, this.indexes(stream).at(-1));
  }

  async streams(): Promise<readonly string[]> {
    await this.step();
    return [...this.byStream.keys()];
  }

  private async at(stream: string, index: number | undefined): Promise<Block | undefined> {
    await this.step();
    const row = index === undefined ? undefined : this.byStream.get(stream)?.get(String(index));
    return row && decodeBlock(row.value.document);
  }

  private indexes(stream: string): number[] {
    return (this.byStream.get(stream)?.keys() ?? []).map(Number).sort((a, b) => a - b);
  }

  private stream(name: string): VersionedMap<Row> {
    const known = this.byStream.get(name);
    if (known) return known;
    const rows = new VersionedMap<Row>();
    this.byStream.set(name, rows);
    return rows;
  }
}
