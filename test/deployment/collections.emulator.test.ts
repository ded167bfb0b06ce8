import { Firestore, type CollectionReference, type DocumentReference } from '@google-cloud/firestore';
import type { Anomaly } from '../../shared/anomalies/anomaly.ts';
import { collections, type DatabaseName } from '../../shared/databases.ts';
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

type Settings = Readonly<Record<string, { readonly indexes: object; readonly ttl: boolean }>>;
/** The fields of what is stored, by collection, and the collections below each. */
interface Stored {
  readonly fields: Map<string, Set<string>>;
  readonly tree: Map<string, Set<string>>;
}

const connection = emulatedConnection();
const clients = makeClients(connection);
const databases = Object.keys(collections) as readonly DatabaseName[];
const stored = { state: emptyStored(), letters: emptyStored() };
let deployed: Readonly<Record<DatabaseName, Settings>>;

beforeAll(async () => {
  deployed = (await readTerraform()).locals.collections as typeof deployed;
  await Promise.all([storeState(await clients.database.state()), storeLetters(await clients.database.letters())]);
  await Promise.all(databases.map(surveyAll));
});

afterAll(() => clients.close());

describe.each(databases)('a collection of the database %s', (name) => {
  const fieldsOf = () => stored[name].fields;

  it('is one of those that the code may name there, and the reverse', () => {
    const tree = [...stored[name].tree].map(([root, below]) => [root, [...below].sort()] as const);
    expect(Object.fromEntries(tree)).toEqual(collections[name]);
  });

  it('is one of those whose indexes Terraform turns off, and the reverse', () => {
    expect([...fieldsOf().keys()].sort()).toEqual(Object.keys(deployed[name]).sort());
  });

  it('is forgotten by a TTL policy where its documents say when, and nowhere else', () => {
    const expiring = [...fieldsOf()].filter(([, fields]) => fields.has('expireAt')).map(([collection]) => collection);
    const withPolicy = Object.entries(deployed[name]).filter(([, { ttl }]) => ttl);
    expect(expiring.sort()).toEqual(withPolicy.map(([collection]) => collection).sort());
  });

  it('has the fields that are indexed', () => {
    for (const [collection, { indexes }] of Object.entries(deployed[name]))
      expect([...(fieldsOf().get(collection) ?? [])]).toEqual(expect.arrayContaining(Object.keys(indexes)));
  });
});

/** Writes whatever the adapters of the first database can write, with a body that takes chunks where there is one. */
async function storeState(database: Database<'state'>): Promise<void> {
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
    new FirestoreCleanEventStore(database).put(
      's/1/1',
      { ...aLargeDelivery({}), attributes: cleanAttributes },
      1_900_000_000_000,
    ),
    new FirestoreAnomalyStore(database).file(anAnomaly, 1_900_000_000_000),
  ]);
}

async function storeLetters(database: Database<'letters'>): Promise<void> {
  await Promise.all([
    storeRecords(database),
    storeJob(database),
    new FirestoreLetterIndex(database).reasons('ERR_STALE', 1),
    new FirestoreAuditTrail(database).note({ letter: undefined, by: 'ana', did: 'exported', atMs: 1 }),
  ]);
}

function aLargeDelivery(attributes: Readonly<Record<string, string>>) {
  return aDelivery({ data: Buffer.alloc(600_000, 'x'), attributes });
}

async function storeJob(database: Database<'letters'>): Promise<void> {
  const jobs = new FirestoreJobStore(database);
  await jobs.save(aJob({ id: 'a' }), undefined);
  await jobs.planPart(aJob({ id: 'a' }), { number: 0, items: [], isRun: false });
}

/** Writes a settled letter whose message is kept apart, one whose replay is under way, and one of a former release. */
async function storeRecords(database: Database<'letters'>): Promise<void> {
  const letters = new FirestoreDeadLetterStore(database);
  const large = aLargeDelivery({ stream: 's', 'eventmend-id': '1', 'eventmend-body': 'kept' });
  const settled = filed(readLetter(large));
  await letters.keep(settled.root, 0, large);
  await letters.save({ ...settled, standing: discardedStanding }, undefined);
  const replay = { version: 'original', replace: false, content: '' } as const;
  const other = filed(readLetter(aDelivery({ messageId: '2' })));
  await letters.save({ ...other, standing: { state: 'sending', replay, dueAtMs: 1 } }, undefined);
  const former = { status: 'open', failure: { code: 'ERR_STALE' } };
  await database.collection('dead-letters').doc('former').create(former);
}

function emptyStored(): Stored {
  return { fields: new Map(), tree: new Map() };
}

/** Goes through everything that is stored in a database. */
async function surveyAll(name: DatabaseName): Promise<void> {
  const { projectId, databaseIds } = connection;
  const firestore = new Firestore({ projectId, databaseId: databaseIds[name] });
  await survey(await firestore.listCollections(), stored[name]);
  await firestore.terminate();
}

/** Notes the fields of each collection, and which collections are below it. */
async function survey(found: readonly CollectionReference[], { fields, tree }: Stored): Promise<void> {
  for (const collection of found) {
    const names = within(fields, collection.id);
    if (!collection.parent) within(tree, collection.id);
    else within(tree, collection.parent.parent.id).add(collection.id);
    for (const document of await collection.listDocuments()) await surveyDocument(document, names, { fields, tree });
  }
}

async function surveyDocument(document: DocumentReference, fields: Set<string>, all: Stored): Promise<void> {
  const snapshot = await document.get();
  for (const name of namesIn(snapshot.data() ?? {})) fields.add(name);
  await survey(await document.listCollections(), all);
}

function within(sets: Map<string, Set<string>>, name: string): Set<string> {
  const set = sets.get(name) ?? new Set();
  sets.set(name, set);
  return set;
}

/** The fields of a document, and those of its maps by their path. */
function namesIn(data: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const isMap = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return isMap ? [name, ...Object.keys(value).map((member) => `${name}.${member}`)] : [name];
  });
}
