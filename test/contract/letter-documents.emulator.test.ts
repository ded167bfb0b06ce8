import type { Timestamp } from '@google-cloud/firestore';
import { type DocumentReference } from '@google-cloud/firestore';
import { randomUUID } from 'node:crypto';
import { letterId, readLetter } from '../../shared/dead-letter/arrived-letter.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';
import { eraseLetter } from '../../shared/dead-letter/erase-letter.ts';
import { fileInRecord } from '../../shared/dead-letter/file-in-record.ts';
import { discard, editDraft, reopen, type ChangeResult } from '../../shared/dead-letter/operator-change.ts';
import { makeClients, type Database } from '../../shared/gcp/clients.ts';
import { FirestoreDeadLetterStore } from '../../shared/gcp/dead-letter-store.ts';
import { aDelivery, dayMs } from '../support/builders.ts';
import { documentsWith } from '../support/raw-documents.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { filed } from '../support/letters.ts';

const clients = makeClients(emulatedConnection());
let database: Database<'letters'>;
let store: FirestoreDeadLetterStore;
const nowMs = Date.now();
const retentionMs = 90 * dayMs;
const operator = { by: 'ana', nowMs, retentionMs };

beforeAll(async () => {
  database = await clients.database.letters();
  store = new FirestoreDeadLetterStore(database);
});
afterAll(() => clients.close());

/** Files a letter whose message was too large to publish, with a large draft. */
async function aLargeLetter(): Promise<DeadLetter> {
  const root = `events/${randomUUID()}`;
  const attributes = { 'eventmend-root': root, 'eventmend-body': 'kept' };
  const large = aDelivery({ topic: 'dead-letter-queue', data: Buffer.alloc(600_000, 'x'), attributes });
  await store.keep(root, 0, large);
  const letter = filed(readLetter(large), nowMs);
  await store.save(letter, undefined);
  const draft = { data: Buffer.alloc(1_000_000, 'y'), attributes: {} };
  return change(letter.id, (record) => editDraft(record, draft, 'y', { ...operator, revision: record.revision }));
}

async function change(id: string, make: (record: DeadLetter) => ChangeResult): Promise<DeadLetter> {
  const found = (await store.find(id))!;
  const result = make(found.value);
  if (result.refusal !== undefined) throw new Error(result.refusal);
  expect(await store.save(result.record, found.version)).toBe(true);
  return result.record;
}

/** The times at which a record and all its bodies may be deleted. */
async function expiries({ id }: DeadLetter): Promise<unknown[]> {
  const roots = (['dead-letters', 'kept-messages'] as const).map((name) => database.collection(name).doc(id));
  const chunks = await Promise.all(roots.map((root) => root.collection('chunks').listDocuments()));
  const documents: DocumentReference[] = [...roots, ...chunks.flat()];
  const found = await database.firestore.getAll(...documents);
  return found.map((one) => (one.get('expireAt') as Timestamp | undefined)?.toMillis());
}

it('a settled record expires with all its bodies, and none of them once it is opened again', async () => {
  const letter = await aLargeLetter();
  expect(await expiries(letter)).toEqual(Array(6).fill(undefined));
  await change(letter.id, (record) => discard(record, 'not ours', { ...operator, revision: record.revision }));
  expect(await expiries(letter)).toEqual(Array(6).fill(nowMs + retentionMs));
  await change(letter.id, (record) => reopen(record, '', { ...operator, revision: record.revision }));
  expect(await expiries(letter)).toEqual(Array(6).fill(undefined));
});

it('no byte of an erased letter is left, also of bodies that a failed save left behind, and its marks expire with it', async () => {
  const person = `person-${randomUUID()}`;
  const root = `events/${randomUUID()}`;
  const attributes = { 'eventmend-root': root, 'eventmend-body': 'kept', customer: person };
  const large = { data: Buffer.alloc(600_000, person), attributes };
  await store.keep(root, 0, large);
  const letter = filed(readLetter(aDelivery({ topic: 'dead-letter-queue', ...large })), nowMs);
  await store.save(letter, undefined);
  const draft = { data: Buffer.alloc(1_000_000, person), attributes: {} };
  const orphan = database.collection('dead-letters').doc(letter.id).collection('chunks').doc('left-behind-0');
  await orphan.set({ data: draft.data.subarray(0, 900_000) });
  await change(letter.id, (record) => editDraft(record, draft, 'y', { ...operator, revision: record.revision }));
  expect(await documentsWith(database.firestore, person)).not.toEqual([]);
  await change(letter.id, (record) => eraseLetter(record, { ...operator, note: '', holds: undefined }));
  await store.keep(root, 0, large);
  expect(await documentsWith(database.firestore, person)).toEqual([]);
  expect(await expiries(letter)).toEqual([nowMs + retentionMs, nowMs + retentionMs]);
});

it('a chunk that is no longer there makes no change of its record impossible', async () => {
  const letter = await aLargeLetter();
  const kept = database.collection('kept-messages').doc(letter.id);
  await database.firestore.recursiveDelete(kept);
  await change(letter.id, (record) => discard(record, 'not ours', { ...operator, revision: record.revision }));
  expect((await store.find(letter.id))?.value.standing.state).toBe('discarded');
});

it('each change is in the audit trail, and one that is refused is not', async () => {
  const letter = await aLargeLetter();
  await change(letter.id, (record) => discard(record, 'not ours', { ...operator, revision: record.revision }));
  expect(await store.save({ ...letter, revision: 9 }, undefined)).toBe(false);
  const { docs } = await database.collection('audit').where('letter', '==', letter.id).get();
  const trail = docs.map((one) => [one.get('did'), one.get('by'), one.get('revision'), one.get('note')] as unknown[]);
  expect(trail.sort((a, b) => Number(a[2]) - Number(b[2]))).toEqual([
    ['filed', 'archive', 1, 'ERR_UNDECODABLE'],
    ['edited', 'ana', 2, undefined],
    ['discarded', 'ana', 3, 'not ours'],
  ]);
});

it('the time at which a record was opened is that of the store, and changes only when it is opened again', async () => {
  const { id } = await aLargeLetter();
  const filedAt = async () => (await store.find(id))!.value.filedAtMs;
  const first = await filedAt();
  await change(id, (record) => discard(record, '', { ...operator, revision: record.revision }));
  expect(await filedAt()).toBe(first);
  await change(id, (record) => reopen(record, '', { ...operator, nowMs: 5, revision: record.revision }));
  expect(await filedAt()).toBeGreaterThan(first);
});

it('a letter of a release without records is read and listed, and becomes a record with its next letter', async () => {
  const root = `events/${randomUUID()}`;
  const id = letterId(root);
  const failure = { code: 'ERR_STALE', stage: 'track', detail: 'old' };
  const body = { attributes: '{"a":"b"}', data: Buffer.from('{}') };
  const former = { root, status: 'open', failure, failedAtMs: nowMs, filedAtMs: nowMs, messageIds: ['1'], ...body };
  await database.collection('dead-letters').doc(id).create(former);
  const found = (await store.find(id))!;
  expect(found.value).toMatchObject({ standing: { state: 'open' }, failure, revision: 0, filedAtMs: nowMs });
  expect((await store.list(500)).map((head) => head.id)).toContain(id);
  expect((await store.openByCode()).get('ERR_STALE')).toBe(1);
  const reason = { 'eventmend-code': 'ERR_STALE', 'eventmend-stage': 'track' };
  const failedAt = new Date(nowMs + 1).toISOString();
  const attributes = { 'eventmend-root': root, 'eventmend-failed-at': failedAt, ...reason };
  const again = readLetter(aDelivery({ topic: 'dead-letter-queue', messageId: '2', attributes }));
  const next = fileInRecord(found.value, again, { ...operator, holds: undefined });
  expect(await store.save(next, found.version)).toBe(true);
  const after = (await store.find(id))!.value;
  expect(after).toMatchObject({ root, revision: 1, messageIds: ['1', '2'], message: { attributes: { a: 'b' } } });
  expect((await store.openByCode()).get('ERR_STALE')).toBe(1);
});
