import {
  AggregateField,
  FieldPath,
  type BulkWriter,
  type CollectionReference,
  type DocumentReference,
  type DocumentSnapshot,
  type Query,
  type Timestamp,
  type WriteResult,
} from '@google-cloud/firestore';
import type {
  BlockRef,
  BlockStore,
  BlockWrite,
  PlacedBlock,
  StoredBlock,
  StreamPage,
  WriteOutcome,
  WrittenBlock,
} from '../ports.ts';
import { decodeBlock, encodeBlock, type BlockDocument } from '../tracking/block-codec.ts';
import { emptyBlock, type Block } from '../tracking/block.ts';
import { addTotals, type Totals } from '../tracking/totals.ts';
import { writtenMinuteOf } from '../tracking/written-minute.ts';
import type { Database } from './clients.ts';
import { expiry, present, replaced, updateTimeOf, versionIn, versionOf, type Fields } from './document.ts';
import { isConflict, isRefusal } from './status.ts';

/** The number of digits of the highest block index: ids go up to 2^53 − 1, and a block has 256 ids. */
const indexDigits = 14;

/** The beginning of the name of a bucket's page. Blocks and buckets of a stream may have the same index. */
const bucketPrefix = 'bucket-';

/** The number of blocks in a page of a scan. A page has at most 22 MB, and 1 MB if its blocks are of the usual size. */
const blocksAPage = 64;

/** A sum costs one billed read for up to 1,000 blocks. */
const sums = {
  clean: AggregateField.sum('clean'),
  suspect: AggregateField.sum('suspect'),
  reconstructed: AggregateField.sum('reconstructed'),
  closed: AggregateField.sum('closed'),
};

interface BlockFields extends BlockDocument {
  /** When the block may be deleted (Firestore's TTL policy). Absent if it never expires. */
  readonly expireAt?: Timestamp;
  /** The minute of the last write. Absent if a release without this field wrote the block. */
  readonly writtenMinute?: number;
}

/**
 * Stores blocks in Firestore, in `streams/{stream}/blocks/{index}`; buckets in `streams/{stream}/buckets/{index}`, and
 * the pages of both in `streams/{stream}/pages/{index}~{path}`. A block's version is its update time.
 *
 * Queries need five indexes: one of `index`, one of `unpublished`, one of `revisions`, one of `writtenMinute`, and a
 * composite one of `index` and the totals. Few blocks have the fields `unpublished` and `revisions`. The field
 * `writtenMinute` grows with time, and its index limits a stream to some 500 block writes a second. Firestore adds up
 * totals and revisions from their indexes, without reading a block. The other fields are exempt from indexing, because
 * each indexed field makes writes more expensive.
 */
export class FirestoreBlockStore implements BlockStore {
  private readonly database: Database<'state'>;

  constructor(database: Database<'state'>) {
    this.database = database;
  }

  async read(refs: readonly BlockRef[]): Promise<readonly StoredBlock[]> {
    const { firestore, calls } = this.database;
    if (refs.length === 0) return [];
    return calls.run('reading blocks', async () => {
      const snapshots = await firestore.getAll(...refs.map((ref) => this.document(ref)));
      return refs.map(({ index }, i) => storedBlock(index, snapshots[i]));
    });
  }

  async write(writes: readonly BlockWrite[]): Promise<readonly WriteOutcome[]> {
    if (writes.length === 0) return [];
    const outcomes = await this.writeTogether(writes);
    const isRefused = outcomes.every(({ status }) => status === 'refused');
    // Firestore refuses the whole request if one write in it is invalid. Single requests let the other writes succeed.
    if (!isRefused || writes.length < 2) return outcomes;
    const alone = await Promise.all(writes.map((write) => this.writeTogether([write])));
    return alone.flat();
  }

  async *scan(stream: string, from: number, to: number): AsyncIterable<Block> {
    const range = this.blocks(stream).where('index', '<=', to).orderBy('index').limit(blocksAPage);
    for (let next = from; next <= to;) {
      const { docs } = await this.database.calls.run('scanning blocks', () => range.where('index', '>=', next).get());
      for (const snapshot of docs) yield blockIn(snapshot);
      if (docs.length < blocksAPage) return;
      next = Number(docs.at(-1)?.get('index')) + 1;
    }
  }

  async first(stream: string): Promise<StoredBlock | undefined> {
    const snapshot = await this.one(this.blocks(stream).orderBy('index').limit(1));
    if (!snapshot) return undefined;
    return storedBlock(blockIn(snapshot).index, snapshot);
  }

  async last(stream: string): Promise<Block | undefined> {
    const snapshot = await this.one(this.blocks(stream).orderBy('index', 'desc').limit(1));
    return snapshot && blockIn(snapshot);
  }

  async lastBucket(stream: string): Promise<Block | undefined> {
    const snapshot = await this.one(this.apart(stream, 'buckets').orderBy('index', 'desc').limit(1));
    return snapshot && blockIn(snapshot);
  }

  async below(stream: string, index: number, limit: number): Promise<readonly Block[]> {
    const query = this.blocks(stream).where('index', '<=', index).orderBy('index', 'desc').limit(limit);
    const { docs } = await this.database.calls.run('reading blocks', () => query.get());
    return docs.map(blockIn);
  }

  /** The position of a page is the minute and the name of its last document, because a minute may have many blocks. */
  async *writtenSince(stream: string, sinceMs: number, above?: number): AsyncIterable<WrittenBlock> {
    const minute = writtenMinuteOf(sinceMs);
    const since = this.blocks(stream).where('writtenMinute', '>=', minute);
    const ascending = since.orderBy('writtenMinute').orderBy(FieldPath.documentId()).limit(blocksAPage);
    const first = above === undefined ? ascending : ascending.startAfter(minute, documentName(above));
    for (let last: DocumentSnapshot | undefined; ;) {
      const page = last ? ascending.startAfter(last.get('writtenMinute'), last.id) : first;
      const { docs } = await this.database.calls.run('reading blocks', () => page.get());
      for (const snapshot of docs)
        yield { block: blockIn(snapshot), writtenMinute: Number(snapshot.get('writtenMinute')) };
      if (docs.length < blocksAPage) return;
      last = docs.at(-1);
    }
  }

  async totals(stream: string, from: number, to: number): Promise<Totals> {
    const query = this.blocks(stream).where('index', '>=', from).where('index', '<=', to);
    return this.database.calls.run('adding up blocks', async () => (await query.aggregate(sums).get()).data());
  }

  /** The pages of an unnumbered stream are those of its buckets. */
  async eventTotals(stream: string, from: number, end?: number): Promise<Totals> {
    const sumsOf = (['buckets', 'pages'] as const).map(async (name) => {
      const all = this.apart(stream, name).where('index', '>=', from);
      const query = end === undefined ? all : all.where('index', '<', end);
      return this.database.calls.run(`adding up ${name}`, async () => (await query.aggregate(sums).get()).data());
    });
    return addTotals(await Promise.all(sumsOf));
  }

  async unpublished(stream: string, limit: number): Promise<readonly StoredBlock[]> {
    const query = this.blocks(stream).where('unpublished', '>', 0).limit(limit);
    const { docs } = await this.database.calls.run('reading blocks', () => query.get());
    return docs.map((snapshot) => storedBlock(blockIn(snapshot).index, snapshot));
  }

  async unsettled(stream: string, limit: number): Promise<readonly PlacedBlock[]> {
    const { calls } = this.database;
    const found = (['buckets', 'pages'] as const).map(async (name) => {
      const query = this.apart(stream, name).where('unpublished', '>', 0).limit(limit);
      const { docs } = await calls.run(`reading ${name}`, () => query.get());
      return docs.map((snapshot): PlacedBlock => {
        const { index } = blockIn(snapshot);
        const [, page] = snapshot.id.split('~');
        const isBucket = name === 'buckets' || snapshot.id.startsWith(bucketPrefix);
        return { ...storedBlock(index, snapshot), ref: { stream, index, isBucket, ...(page && { page }) } };
      });
    });
    return (await Promise.all(found)).flat();
  }

  /** The sum costs one billed read for up to 1,000 blocks with revisions. */
  async revisions(stream: string): Promise<number> {
    const query = this.blocks(stream).where('revisions', '>', 0);
    return this.database.calls.run('adding up revisions', async () => {
      const sum = await query.aggregate({ revisions: AggregateField.sum('revisions') }).get();
      return sum.data().revisions;
    });
  }

  /**
   * A stream that was never swept has blocks but no document of its own. A listing includes it, and a query would not.
   */
  async streams(limit: number, cursor?: string): Promise<StreamPage | undefined> {
    return this.database.calls.run('listing streams', () => this.database.listing.page('streams', limit, cursor));
  }

  /**
   * Writes blocks in one BatchWrite, each under its own condition. That costs half as much as a call for each block.
   */
  private async writeTogether(writes: readonly BlockWrite[]): Promise<readonly WriteOutcome[]> {
    const { firestore, calls } = this.database;
    return calls.run('writing blocks', async () => {
      const fields = writes.map(fieldsOf);
      // The writer's throttling would start at 500 writes a second, and its retries would ignore writes in between.
      const writer = firestore.bulkWriter({ throttling: false });
      writer.onWriteError(() => false);
      const results = writes.map((write, i) => outcomeOf(this.enqueue(writer, write, fields[i] ?? {})));
      void writer.close();
      return Promise.all(results);
    });
  }

  private enqueue(writer: BulkWriter, { ref, expected }: BlockWrite, fields: Fields): Promise<WriteResult> {
    return expected === undefined
      ? writer.create(this.document(ref), present(fields))
      : writer.update(this.document(ref), replaced(fields), { lastUpdateTime: updateTimeOf(expected) });
  }

  private async one(query: Query): Promise<DocumentSnapshot | undefined> {
    return this.database.calls.run('reading a block', async () => (await query.get()).docs[0]);
  }

  private document({ stream, index, isBucket = false, page = '' }: BlockRef): DocumentReference {
    const name = documentName(index);
    const within = this.database.collection(
      `streams/${stream}/${page !== '' ? 'pages' : isBucket ? 'buckets' : 'blocks'}`,
    );
    return within.doc(page === '' ? name : `${isBucket ? bucketPrefix : ''}${name}~${page}`);
  }

  private apart(stream: string, name: 'buckets' | 'pages'): CollectionReference {
    return this.database.collection(`streams/${stream}/${name}`);
  }

  private blocks(stream: string): CollectionReference {
    return this.database.collection(`streams/${stream}/blocks`);
  }
}

function documentName(index: number): string {
  return String(index).padStart(indexDigits, '0');
}

async function outcomeOf(write: Promise<WriteResult>): Promise<WriteOutcome> {
  try {
    const { writeTime } = await write;
    return { status: 'written', version: versionOf(writeTime) };
  } catch (error) {
    if (isConflict(error)) return { status: 'conflict' };
    if (isRefusal(error)) return { status: 'refused', reason: 'INVALID_ARGUMENT' };
    throw error;
  }
}

/** The fields of a document. No query asks when a bucket or a page was written. */
function fieldsOf({ ref, block, expireAtMs, writtenAtMs }: BlockWrite): Fields {
  const isApart = ref.isBucket === true || (ref.page ?? '') !== '';
  const writtenMinute = isApart ? undefined : writtenMinuteOf(writtenAtMs);
  return { ...encodeBlock(block, ref), expireAt: expiry(expireAtMs), writtenMinute };
}

function storedBlock(index: number, snapshot: DocumentSnapshot | undefined): StoredBlock {
  const never = Number.POSITIVE_INFINITY;
  if (!snapshot?.exists) return { block: emptyBlock(index), version: undefined, expireAtMs: never };
  const { expireAt } = snapshot.data() as BlockFields;
  return {
    block: blockIn(snapshot),
    version: versionIn(snapshot),
    expireAtMs: expireAt?.toMillis() ?? never,
    createdAtMs: snapshot.createTime?.toMillis(),
  };
}

function blockIn(snapshot: DocumentSnapshot): Block {
  return decodeBlock(snapshot.data() as BlockFields);
}
