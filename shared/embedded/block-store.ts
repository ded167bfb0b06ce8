import type {
  BlockRef,
  BlockStore,
  BlockWrite,
  PlacedBlock,
  StoredBlock,
  StreamPage,
  Versioned,
  WriteOutcome,
  WrittenBlock,
} from '../ports.ts';
import { decodeBlock, encodeBlock, type BlockDocument } from '../tracking/block-codec.ts';
import { emptyBlock, type Block } from '../tracking/block.ts';
import { writtenMinuteOf } from '../tracking/written-minute.ts';
import { addTotals, type Totals } from '../tracking/totals.ts';
import type { Step } from './steps.ts';
import { VersionedMap } from './versioned-map.ts';

interface Row {
  readonly ref: BlockRef;
  readonly document: BlockDocument;
  readonly expireAtMs: number;
  readonly writtenMinute: number;
  /** When it was written for the first time. */
  readonly createdAtMs: number;
}

/** Stores blocks in memory, encoded as in Firestore. */
export class EmbeddedBlockStore implements BlockStore {
  private readonly step: Step;
  private readonly byStream = new Map<string, VersionedMap<Row>>();
  /** Buckets and pages, by stream and name. */
  private readonly apart = new Map<string, VersionedMap<Row>>();
  private readonly sorted = new Map<string, readonly number[]>();

  constructor(step: Step) {
    this.step = step;
  }

  async read(refs: readonly BlockRef[]): Promise<readonly StoredBlock[]> {
    await this.step();
    return refs.map((ref) => storedBlock(ref.index, this.row(ref)));
  }

  async write(writes: readonly BlockWrite[]): Promise<readonly WriteOutcome[]> {
    await this.step();
    return writes.map(({ ref, block, expected, expireAtMs, writtenAtMs }) => {
      const within = isApart(ref) ? this.apart : this.byStream;
      const rows = within.get(ref.stream) ?? new VersionedMap<Row>();
      const createdAtMs = rows.get(nameIn(ref))?.value.createdAtMs ?? writtenAtMs;
      const written = { writtenMinute: writtenMinuteOf(writtenAtMs), createdAtMs };
      const row = { ref, document: encodeBlock(block, ref), expireAtMs, ...written };
      const version = rows.put(nameIn(ref), row, expected);
      if (version !== undefined) within.set(ref.stream, rows);
      return version === undefined ? { status: 'conflict' } : { status: 'written', version };
    });
  }

  async *scan(stream: string, from: number, to: number): AsyncIterable<Block> {
    for (const index of this.indexes(stream)) {
      if (index < from || index > to) continue;
      await this.step();
      const row = this.row({ stream, index });
      if (row) yield decodeBlock(row.value.document);
    }
  }

  async first(stream: string): Promise<StoredBlock | undefined> {
    const [index] = this.indexes(stream);
    if (index === undefined) await this.step();
    return index === undefined ? undefined : (await this.read([{ stream, index }]))[0];
  }

  async last(stream: string): Promise<Block | undefined> {
    const index = this.indexes(stream).at(-1);
    if (index === undefined) await this.step();
    return index === undefined ? undefined : (await this.read([{ stream, index }]))[0]?.block;
  }

  async lastBucket(stream: string): Promise<Block | undefined> {
    await this.step();
    const buckets = this.bucketsFrom(stream, 0).filter(({ ref }) => (ref.page ?? '') === '');
    const last = buckets.toSorted((a, b) => a.ref.index - b.ref.index).at(-1);
    return last && decodeBlock(last.document);
  }

  async below(stream: string, index: number, limit: number): Promise<readonly Block[]> {
    await this.step();
    const indexes = this.indexes(stream).filter((stored) => stored <= index);
    return indexes
      .slice(-limit)
      .reverse()
      .map((stored) => storedBlock(stored, this.row({ stream, index: stored })).block);
  }

  async *writtenSince(stream: string, sinceMs: number, above = -1): AsyncIterable<WrittenBlock> {
    await this.step();
    const sinceMinute = writtenMinuteOf(sinceMs);
    const writtenMinute = (index: number): number => this.row({ stream, index })?.value.writtenMinute ?? -1;
    const isFound = (index: number): boolean =>
      writtenMinute(index) > sinceMinute || (writtenMinute(index) === sinceMinute && index > above);
    const found = this.indexes(stream).filter(isFound);
    for (const index of found.toSorted((a, b) => writtenMinute(a) - writtenMinute(b))) {
      await this.step();
      const row = this.row({ stream, index });
      if (row) yield { block: decodeBlock(row.value.document), writtenMinute: row.value.writtenMinute };
    }
  }

  async totals(stream: string, from: number, to: number): Promise<Totals> {
    await this.step();
    const sum = { clean: 0, suspect: 0, reconstructed: 0, closed: 0 };
    for (const index of this.indexes(stream)) {
      const document = index >= from && index <= to ? this.row({ stream, index })?.value.document : undefined;
      for (const state of Object.keys(sum) as (keyof Totals)[]) sum[state] += document?.[state] ?? 0;
    }
    return sum;
  }

  async eventTotals(stream: string, from: number, end = Number.POSITIVE_INFINITY): Promise<Totals> {
    await this.step();
    const rows = this.bucketsFrom(stream, from).filter(({ ref }) => ref.index < end);
    return addTotals(rows.map(({ document }) => document));
  }

  async unpublished(stream: string, limit: number): Promise<readonly StoredBlock[]> {
    await this.step();
    return this.indexes(stream)
      .filter((index) => (this.row({ stream, index })?.value.document.unpublished ?? 0) > 0)
      .slice(0, limit)
      .map((index) => storedBlock(index, this.row({ stream, index })));
  }

  async unsettled(stream: string, limit: number): Promise<readonly PlacedBlock[]> {
    await this.step();
    const rows = this.apart.get(stream)?.values() ?? [];
    const found = rows.filter(({ value }) => (value.document.unpublished ?? 0) > 0).slice(0, limit);
    return found.map((row) => ({ ...storedBlock(row.value.ref.index, row), ref: row.value.ref }));
  }

  async revisions(stream: string): Promise<number> {
    await this.step();
    const documents = this.indexes(stream).map((index) => this.row({ stream, index })?.value.document);
    return documents.reduce((sum, document) => sum + (document?.revisions ?? 0), 0);
  }

  /** @param cursor The last name of the page before. */
  async streams(limit: number, cursor?: string): Promise<StreamPage> {
    await this.step();
    const names = new Set([...this.byStream.keys(), ...this.apart.keys()]);
    const left = [...names].filter((name) => cursor === undefined || name > cursor).sort();
    const listed = left.slice(0, limit);
    return { names: listed, next: left.length > limit ? listed.at(-1) : undefined };
  }

  /** Returns a block as it is stored. It does not wait as a real store would. */
  document(stream: string, index: number): BlockDocument | undefined {
    return this.row({ stream, index })?.value.document;
  }

  /** Deletes expired blocks for which `isDue` is true. A real store also deletes some time after the expiry. */
  deleteExpired(nowMs: number, isDue: (ref: BlockRef) => boolean): void {
    for (const within of [this.byStream, this.apart]) {
      for (const [stream, rows] of within) {
        for (const { value } of rows.values())
          if (value.expireAtMs <= nowMs && isDue(value.ref)) rows.delete(nameIn(value.ref));
        this.sorted.delete(stream);
      }
    }
  }

  /** The buckets from an index on, and their pages. */
  private bucketsFrom(stream: string, from: number): readonly Row[] {
    const rows = this.apart.get(stream)?.values() ?? [];
    return [...rows].map(({ value }) => value).filter(({ ref }) => ref.isBucket === true && ref.index >= from);
  }

  private row(ref: BlockRef): Versioned<Row> | undefined {
    return (isApart(ref) ? this.apart : this.byStream).get(ref.stream)?.get(nameIn(ref));
  }

  /** Returns the stored indexes of a stream, ascending. Buckets and pages are not among them. */
  indexes(stream: string): readonly number[] {
    const rows = this.byStream.get(stream);
    const sorted = this.sorted.get(stream);
    if (!rows || sorted?.length === rows.size) return sorted ?? [];
    const indexes = rows
      .keys()
      .map(Number)
      .sort((a, b) => a - b);
    this.sorted.set(stream, indexes);
    return indexes;
  }
}

function isApart({ isBucket = false, page = '' }: BlockRef): boolean {
  return isBucket || page !== '';
}

function nameIn({ index, isBucket = false, page = '' }: BlockRef): string {
  return isApart({ stream: '', index, isBucket, page })
    ? `${isBucket ? 'bucket-' : ''}${index}~${page}`
    : String(index);
}

function storedBlock(index: number, row: Versioned<Row> | undefined): StoredBlock {
  if (!row) return { block: emptyBlock(index), version: undefined, expireAtMs: Number.POSITIVE_INFINITY };
  const { document, expireAtMs, createdAtMs } = row.value;
  return { block: decodeBlock(document), version: row.version, expireAtMs, createdAtMs };
}
