import type { CollectionReference, DocumentReference } from '@google-cloud/firestore';
import type { Anomaly } from '../../shared/anomalies/anomaly.ts';
import { startProgress } from '../../shared/gaps/progress.ts';
import { FirestoreAnomalyStore } from '../../shared/gcp/anomaly-store.ts';
import { FirestoreAuditTrail } from '../../shared/gcp/audit-trail.ts';
import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { FirestoreCleanEventStore } from '../../shared/gcp/clean-event-store.ts';
import { makeClients, type Database } from '../../shared/gcp/clients.ts';
import { systemClock } from '../../shared/gcp/clock.ts';
import { FirestoreDeadLetterStore } from '../../shared/gcp/dead-letter-store.ts';
import { FirestoreGapLedger } from '../../shared/gcp/gap-ledger.ts';
import { FirestoreJobStore } from '../../shared/gcp/job-store.ts';
import { FirestoreLetterIndex } from '../../shared/gcp/letter-index.ts';
import { FirestoreReconciliationStore } from '../../shared/gcp/reconciliation-store.ts';
import { FirestoreUuidKeys } from '../../shared/gcp/uuid-keys.ts';
import { readLetter } from '../../shared/dead-letter/arrived-letter.ts';
import { fullReconciliation } from '../contract/reconciliation-store.ts';
import { aBlockWith, aDelivery, aRevisedCell } from '../support/builders.ts';
import { aJob } from '../support/jobs.ts';
import { discardedStanding, filed } from '../support/letters.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { readTerraform } from './terraform.ts';

/** A block with every field that a block can have: with an event that is not marked as published, and a revision. */
const aRevisedBlock = aBlockWith({ 256: aRevisedCell({ published: false }) });

const cleanAttributes = { stream: 's', type: 'Paid', event_id: '1', event_time: '2026-01-01T00:00:00.000Z' };
const aWindow = { stream: 's', type: 'Paid', startMs: 0, endMs: 1 };
const anAnomaly: Anomaly = { ...aWindow, measure: 'count', value: 1, expected: 2, score: 3 };

const clients = makeClients(emulatedConnection());
const stored = new Map<string, Set<string>>();
let collections: Readonly<Record<string, { readonly indexes: object; readonly ttl: boolean }>>;

beforeAll(async () => {
  collections = (await readTerraform()).locals.collections as typeof collections;
  const database = await clients.database();
  await storeOneOfEach(database);
  await survey(await database.firestore.listCollections());
});

afterAll(() => clients.close());

describe('a collection that the code writes', () => {
  it('is one of those whose indexes Terraform turns off, and the reverse', () => {
    expect([...stored.keys()].sort()).toEqual(Object.keys(collections).sort());
  });

  it('is forgotten by a TTL policy where its documents say when, and nowhere else', () => {
    const expiring = [...stored].filter(([, fields]) => fields.has('expireAt')).map(([name]) => name);
    const withPolicy = Object.entries(collections).filter(([, { ttl }]) => ttl);
    expect(expiring.sort()).toEqual(withPolicy.map(([name]) => name).sort());
  });

  it('has the fields that are indexed', () => {
    for (const [name, { indexes }] of Object.entries(collections))
      expect([...(stored.get(name) ?? [])]).toEqual(expect.arrayContaining(Object.keys(indexes)));
  });
});

/** Writes whatever the adapters can write, with a body that takes chunks where there is one. */
async function storeOneOfEach(database: Database): Promise<void> {
  const large = aDelivery({ data: Buffer.alloc(600_000, 'x'), attributes: { stream: 's', 'eventmend-id': '1' } });
  const ledger = new FirestoreGapLedger(database);
  await Promise.all([
    new FirestoreBlockStore(database).write(
      [{}, { isBucket: true }, { page: 'a' }].map((kind) => ({
        ref: { stream: 's', index: 1, ...kind },
        block: aRevisedBlock,
        expected: undefined,
        expireAtMs: 1_900_000_000_000,
        writtenAtMs: 1,
      })),
    ),
    ledger.saveProgress('s', startProgress('s'), undefined, [
      { stream: 's', from: 1, to: 9_000, state: 'abandoned', foundAtMs: 1, isUntold: true },
    ]),
    new FirestoreUuidKeys({ database, clock: systemClock, windowMs: () => 60_000 }).claim('s', 'uuid-1', 1),
    new FirestoreReconciliationStore(database).save('s', 'stripe', fullReconciliation, undefined),
    storeLetters(database),
    storeJob(database),
    new FirestoreLetterIndex(database).reasons('ERR_STALE', 1),
    new FirestoreAuditTrail(database).note({ letter: undefined, by: 'ana', did: 'exported', atMs: 1 }),
    new FirestoreCleanEventStore(database).put('s/1/1', { ...large, attributes: cleanAttributes }),
    new FirestoreAnomalyStore(database).file(anAnomaly, 1_900_000_000_000),
  ]);
}

async function storeJob(database: Database): Promise<void> {
  const jobs = new FirestoreJobStore(database);
  await jobs.save(aJob({ id: 'a' }), undefined);
  await jobs.planPart(aJob({ id: 'a' }), { number: 0, items: [], isRun: false });
}

/** Writes a settled letter whose message is kept apart, one whose replay is under way, and one of a former release. */
async function storeLetters(database: Database): Promise<void> {
  const letters = new FirestoreDeadLetterStore(database);
  const attributes = { stream: 's', 'eventmend-id': '1', 'eventmend-body': 'kept' };
  const large = aDelivery({ data: Buffer.alloc(600_000, 'x'), attributes });
  const settled = filed(readLetter(large));
  await letters.keep(settled.root, 0, large);
  await letters.save({ ...settled, standing: discardedStanding }, undefined);
  const replay = { version: 'original', replace: false, content: '' } as const;
  const other = filed(readLetter(aDelivery({ messageId: '2' })));
  await letters.save({ ...other, standing: { state: 'sending', replay, dueAtMs: 1 } }, undefined);
  const former = { status: 'open', failure: { code: 'ERR_STALE' } };
  await database.firestore.collection('dead-letters').doc('former').create(former);
}

/** Goes through everything that is stored, and notes the fields of each collection. */
async function survey(found: readonly CollectionReference[]): Promise<void> {
  for (const collection of found) {
    const fields = stored.get(collection.id) ?? new Set();
    stored.set(collection.id, fields);
    for (const document of await collection.listDocuments()) await surveyDocument(document, fields);
  }
}

async function surveyDocument(document: DocumentReference, fields: Set<string>): Promise<void> {
  const snapshot = await document.get();
  for (const name of namesIn(snapshot.data() ?? {})) fields.add(name);
  await survey(await document.listCollections());
}

/** The fields of a document, and those of its maps by their path. */
function namesIn(data: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const isMap = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return isMap ? [name, ...Object.keys(value).map((member) => `${name}.${member}`)] : [name];
  });
}
