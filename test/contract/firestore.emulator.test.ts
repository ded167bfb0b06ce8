import { randomUUID } from 'node:crypto';
import { serialize } from 'node:v8';
import {
  DocumentReference,
  FieldValue,
  Firestore,
  Query,
  type QuerySnapshot,
  type Timestamp,
} from '@google-cloud/firestore';
import { readLetter } from '../../shared/dead-letter/arrived-letter.ts';
import { InvariantError, RetryableError } from '../../shared/errors.ts';
import { FirestoreAuditTrail } from '../../shared/gcp/audit-trail.ts';
import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { bodyIn, chunksOf, deleteChunks, messageIn, saveWithMessage } from '../../shared/gcp/body.ts';
import { FirestoreCleanEventStore } from '../../shared/gcp/clean-event-store.ts';
import { makeClients, type Database } from '../../shared/gcp/clients.ts';
import { systemClock } from '../../shared/gcp/clock.ts';
import { FirestoreDeadLetterStore } from '../../shared/gcp/dead-letter-store.ts';
import { versionIn } from '../../shared/gcp/document.ts';
import { FirestoreGapLedger } from '../../shared/gcp/gap-ledger.ts';
import { FirestoreJobStore } from '../../shared/gcp/job-store.ts';
import { FirestoreLetterIndex } from '../../shared/gcp/letter-index.ts';
import { FirestoreAnomalyStore } from '../../shared/gcp/anomaly-store.ts';
import { FirestoreReconciliationStore } from '../../shared/gcp/reconciliation-store.ts';
import { FirestoreUuidKeys } from '../../shared/gcp/uuid-keys.ts';
import type { BlockWrite } from '../../shared/ports.ts';
import { aDelivery, aGap, fileGaps } from '../support/builders.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { describeBlockStore } from './block-store.ts';
import { describePlacedBlocks } from './placed-blocks.ts';
import { aBlock } from './claims.ts';
import { describeAnomalyStore } from './anomaly-store.ts';
import { describeCleanEventStore } from './clean-event-store.ts';
import { filed } from '../support/letters.ts';
import { describeDeadLetterStore } from './dead-letter-store.ts';
import { describeGapLedger } from './gap-ledger.ts';
import { describeJobStore } from './job-store.ts';
import { describeLetterSearch } from './letter-search.ts';
import { describeReconciliationStore } from './reconciliation-store.ts';
import { describeUuidKeys } from './uuid-keys.ts';

const connection = emulatedConnection();
const clients = makeClients(connection);
const windowMs = (): number => 60_000;

describeBlockStore('Firestore', async () => new FirestoreBlockStore(await clients.database.state()));
describePlacedBlocks('Firestore', async () => new FirestoreBlockStore(await clients.database.state()));
describeGapLedger('Firestore', async () => new FirestoreGapLedger(await clients.database.state()));
describeAnomalyStore('Firestore', async () => new FirestoreAnomalyStore(await clients.database.state()));
describeReconciliationStore('Firestore', async () => new FirestoreReconciliationStore(await clients.database.state()));
describeDeadLetterStore('Firestore', async () => new FirestoreDeadLetterStore(await clients.database.letters()));
describeLetterSearch('Firestore', async () => {
  const database = await clients.database.letters();
  return {
    letters: new FirestoreDeadLetterStore(database),
    search: new FirestoreLetterIndex(database),
    audit: new FirestoreAuditTrail(database),
  };
});
describeJobStore('Firestore', async () => {
  const database = await clients.database.letters();
  return { jobs: new FirestoreJobStore(database), auditTrail: new FirestoreAuditTrail(database) };
});
describeUuidKeys(
  'Firestore',
  async () => new FirestoreUuidKeys({ database: await clients.database.state(), clock: systemClock, windowMs }),
);
describeCleanEventStore('Firestore', async () => new FirestoreCleanEventStore(await clients.database.state()));

afterAll(() => clients.close());
afterEach(() => jest.restoreAllMocks());

describe('the Firestore adapters', () => {
  let database: Database<'state'>;
  let letters: Database<'letters'>;
  beforeAll(async () => {
    [database, letters] = [await clients.database.state(), await clients.database.letters()];
  });

  it('commit the other writes of a request when Firestore refuses one', async () => {
    const store = new FirestoreBlockStore(database);
    const aWrite = (stream: string): BlockWrite => ({
      ref: { stream, index: 1 },
      block: aBlock(1),
      expected: undefined,
      expireAtMs: 1_900_000_000_000,
      writtenAtMs: 1,
    });
    const outcomes = await store.write([aWrite('good'), aWrite('__reserved__'), aWrite('fine')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['written', 'refused', 'written']);
  });

  it('hold a uuid for a window, or for a window after a timestamp that is ahead of the clock', async () => {
    const nowMs = Date.UTC(2026, 0, 1);
    const clock = { ...systemClock, now: () => nowMs };
    const keys = new FirestoreUuidKeys({ database, clock, windowMs });
    const stream = `stream-${randomUUID()}`;
    await keys.claim(stream, 'numbered', 1);
    await keys.claim(stream, 'past', 1, nowMs - 1);
    await keys.claim(stream, 'ahead', 1, nowMs + 1_000);
    await keys.claim(stream, 'far-ahead', 1, nowMs + 10 * windowMs());
    const documents = await database.collection(`streams/${stream}/keys`).get();
    const heldMs = documents.docs.map((document) => [
      document.id,
      (document.get('expireAt') as Timestamp).toMillis() - nowMs,
    ]);
    expect(Object.fromEntries(heldMs)).toEqual({
      numbered: windowMs(),
      past: windowMs(),
      ahead: windowMs() + 1_000,
      'far-ahead': 2 * windowMs(),
    });
  });

  it('list a stream that has blocks but no document of its own', async () => {
    const stream = `stream-${randomUUID()}`;
    const ref = { stream, index: 1 };
    const store = new FirestoreBlockStore(database);
    await store.write([{ ref, block: aBlock(1), expected: undefined, expireAtMs: 1_900_000_000_000, writtenAtMs: 1 }]);
    expect((await store.streams(300))?.names).toContain(stream);
  });

  it('return no page of streams for an unknown cursor', async () => {
    expect(await new FirestoreBlockStore(database).streams(300, 'garbage')).toBeUndefined();
  });

  it('read one document for each letter of a list, and no bodies', async () => {
    const store = new FirestoreDeadLetterStore(letters);
    const stream = `stream-${randomUUID()}`;
    for (const bytes of [10_000_000, 500_000, 2]) {
      const attributes = { stream, 'eventmend-id': '7' };
      const delivery = aDelivery({ data: Buffer.alloc(bytes, 'x'), attributes, messageId: String(bytes) });
      await store.save(filed(readLetter(delivery)), undefined);
    }
    const queries = jest.spyOn(Query.prototype, 'get');
    const others = [jest.spyOn(Firestore.prototype, 'getAll'), jest.spyOn(DocumentReference.prototype, 'get')];
    expect([await store.about(stream, 7, 10), await store.list(2)].map((letters) => letters.length)).toEqual([3, 2]);
    const read = await Promise.all(queries.mock.results.map(({ value }) => value as Promise<QuerySnapshot>));
    const documents = read.flatMap(({ docs }) => docs);
    expect(documents).toHaveLength(5);
    for (const document of documents) expect(serialize(document.data()).length).toBeLessThan(2_000);
    for (const other of others) expect(other).not.toHaveBeenCalled();
  });

  describe('for a ledger with unreadable rows', () => {
    const stream = `stream-${randomUUID()}`;
    const gapAt = (from: number) => aGap({ stream, from, to: from + 1 });
    const rowAt = (name: string) => database.collection(`streams/${stream}/gaps`).doc(name);
    const reason = expect.stringMatching(/^foundAtMs: /) as string;
    const bad = { stream, from: 5, to: 6, state: 'open', reason };
    let ledger: FirestoreGapLedger;
    beforeAll(async () => {
      ledger = new FirestoreGapLedger(database);
      await fileGaps(ledger, [2, 5, 9, 255, 300].map(gapAt));
      await rowAt('0000000000000005').update({ foundAtMs: 'x' });
    });
    const fromsOf = (gaps: readonly { value: { from: number } }[]) => gaps.map(({ value }) => value.from);

    it('list unreadable rows separately, and continue the pages after them', async () => {
      const { gaps, unreadable, next } = await ledger.unresolved(stream, 2);
      expect([fromsOf(gaps), unreadable, next]).toEqual([[2], [bad], 5]);
      expect(fromsOf((await ledger.unresolved(stream, 2, next)).gaps)).toEqual([9, 255]);
      const listed = await ledger.list(stream, 4);
      expect([listed.gaps.map(({ from }) => from), listed.unreadable, listed.next]).toEqual([[300, 255, 9], [bad], 5]);
      expect(await ledger.list(stream, 4, 5)).toMatchObject({ gaps: [{ from: 2 }], unreadable: [], next: undefined });
      expect((await ledger.overlapping({ stream, index: 0 })).unreadable).toEqual([bad]);
      expect((await ledger.overlapping({ stream, index: 1 })).unreadable).toEqual([]);
      await expect(ledger.find(stream, 5)).rejects.toThrow(InvariantError);
    });

    it('list unreadable rows within a range', async () => {
      const found: unknown[] = [];
      for await (const { unreadable } of ledger.within(stream, { from: 6, to: 6 })) found.push(...unreadable);
      for await (const { unreadable } of ledger.within(stream, { from: 7, to: 9 })) found.push(...unreadable);
      expect(found).toEqual([bad]);
    });

    it('take the first id of an unreadable row from its document name', async () => {
      await rowAt('0000000000000005').update({ from: 'x', to: {} });
      const unknown = { from: 5, to: undefined };
      expect((await ledger.unresolved(stream, 10)).unreadable).toMatchObject([unknown]);
      expect((await ledger.overlapping({ stream, index: 0 })).unreadable).toMatchObject([unknown]);
      expect((await ledger.list(stream, 10)).unreadable).toMatchObject([unknown]);
      await rowAt('0000000000000005').set(gapAt(9));
      expect((await ledger.unresolved(stream, 10)).unreadable).toMatchObject([{ from: 5, to: 10 }]);
    });

    it('treat a row whose name is not an id as one that may hold any id', async () => {
      await rowAt('5').set(gapAt(5));
      const { gaps, unreadable } = await ledger.unresolved(stream, 10);
      expect(fromsOf(gaps)).toEqual([2, 9, 255, 300]);
      expect(unreadable).toMatchObject([{ from: 5 }, { from: 0 }]);
    });

    it('distinguish unreadable documents from an outage, for progress too', async () => {
      await database.collection('streams').doc(stream).update({ pieces: 'x' });
      await expect(ledger.progress(stream)).rejects.toThrow(InvariantError);
    });
  });

  it('find a long gap of an older release, and give it the field longTo when it is saved', async () => {
    const stream = `stream-${randomUUID()}`;
    const ledger = new FirestoreGapLedger(database);
    const row = database.collection(`streams/${stream}/gaps`).doc('0000000000000005');
    const froms = async (index: number) =>
      (await ledger.overlapping({ stream, index })).gaps.map(({ value }) => value.from);
    const gap = aGap({ stream, from: 5, to: 9_000, state: 'abandoned' });
    await fileGaps(ledger, [gap, aGap({ stream, from: 9_001, to: 9_001 })]);
    await row.update({ longTo: FieldValue.delete() });
    expect(await froms(35)).toEqual([5, 9_001]);
    await ledger.save({ ...gap, missing: 7 }, (await ledger.find(stream, 5))!.version);
    await fileGaps(ledger, [aGap({ stream, from: 4_000, to: 4_000 })]);
    expect((await row.get()).get('longTo')).toBe(9_000);
    expect(await froms(35)).toEqual([5, 9_001]);
    expect((await ledger.find(stream, 5))?.value).toEqual({ ...gap, missing: 7 });
  });

  it('give a short gap no field longTo', async () => {
    const stream = `stream-${randomUUID()}`;
    await fileGaps(new FirestoreGapLedger(database), [aGap({ stream, from: 5, to: 1_028 })]);
    const stored = await database.collection(`streams/${stream}/gaps`).doc('0000000000000005').get();
    expect(stored.data()).toEqual(aGap({ stream, from: 5, to: 1_028 }));
  });

  describe('for a body in chunks', () => {
    const large = (byte: number) => ({ data: Buffer.alloc(2_000_000, byte), attributes: {} });
    const aDocument = () => letters.collection('dead-letters').doc();

    it('delete all old chunks when the body is replaced', async () => {
      const document = aDocument();
      await saveWithMessage(letters, document, {}, large(1), undefined);
      const first = await document.get();
      await saveWithMessage(letters, document, {}, large(2), versionIn(first));
      expect(await document.collection('chunks').listDocuments()).toHaveLength(3);
      const second = await document.get();
      await deleteChunks(letters, chunksOf(second.ref, bodyIn(second)));
      expect(await document.collection('chunks').listDocuments()).toEqual([]);
    });

    it('delete the new chunks when the write is refused as stale', async () => {
      const document = aDocument();
      await saveWithMessage(letters, document, {}, { data: Buffer.from('{}'), attributes: {} }, undefined);
      expect(await saveWithMessage(letters, document, {}, large(1), undefined)).toBe(false);
      expect(await saveWithMessage(letters, document, {}, large(1), '1.000000000')).toBe(false);
      expect(await document.collection('chunks').listDocuments()).toEqual([]);
    });

    it('delete all chunks when the event is superseded', async () => {
      const events = new FirestoreCleanEventStore(database);
      await events.put('default/large', large(1));
      await events.bury('default/large', 'default/the-other');
      const { docs } = await database.collection('clean-events').where('key', '==', 'default/large').get();
      expect(await docs[0]!.ref.collection('chunks').listDocuments()).toEqual([]);
    });

    it('detect that a body was replaced after its document was read', async () => {
      const document = aDocument();
      await saveWithMessage(letters, document, {}, large(1), undefined);
      const first = await document.get();
      await saveWithMessage(letters, document, {}, large(2), versionIn(first));
      expect(await messageIn(letters, first)).toBeUndefined();
      expect(large(2).data.equals((await messageIn(letters, await document.get()))!.data)).toBe(true);
    });
  });

  it('throw a retryable error when Firestore does not answer', async () => {
    const unreachable = makeClients({ ...connection, firestoreTimeoutMs: 50 });
    const { calls } = await unreachable.database.state();
    const never = new Promise<never>(() => undefined);
    await expect(calls.run('reading blocks', () => never)).rejects.toThrow(RetryableError);
  });

  it('find a block of an older release among those written since a time only after it was written again', async () => {
    const store = new FirestoreBlockStore(database);
    const ref = { stream: `stream-${randomUUID()}`, index: 1 };
    const write = { ref, block: aBlock(1), expected: undefined, expireAtMs: 1_900_000_000_000, writtenAtMs: 60_000 };
    const found = async (): Promise<number> => {
      let count = 0;
      for await (const { block } of store.writtenSince(ref.stream, 0)) count += block.index;
      return count;
    };
    await store.write([write]);
    const [document] = await database.collection(`streams/${ref.stream}/blocks`).listDocuments();
    await document!.update({ writtenMinute: FieldValue.delete() });
    expect(await found()).toBe(0);
    const [stored] = await store.read([ref]);
    expect(await store.write([{ ...write, expected: stored!.version }])).toMatchObject([{ status: 'written' }]);
    expect(await found()).toBe(1);
  });

  it('throw a retryable error when a block was written by newer code', async () => {
    const store = new FirestoreBlockStore(database);
    const stream = `stream-${randomUUID()}`;
    await store.write([
      { ref: { stream, index: 1 }, block: aBlock(1), expected: undefined, expireAtMs: 1, writtenAtMs: 1 },
    ]);
    const [document] = await database.collection(`streams/${stream}/blocks`).listDocuments();
    await document!.update({ format: 99 });
    await expect(store.read([{ stream, index: 1 }])).rejects.toThrow(RetryableError);
    await expect(store.last(stream)).rejects.toThrow(/newer/);
  });
});
