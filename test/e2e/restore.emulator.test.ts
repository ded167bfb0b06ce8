import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSweep } from '../../functions/sweep/handler.ts';
import { makeTrack } from '../../functions/track/handler.ts';
import { makeValidate } from '../../functions/validate/handler.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { makeClients } from '../../shared/gcp/clients.ts';
import { FirestoreGapLedger } from '../../shared/gcp/gap-ledger.ts';
import { aDelivery, minuteMs, noDoubt, noon, RecordingPublisher } from '../support/builders.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { anEventAt } from '../support/pipeline.ts';
import { portsInMemory } from '../support/ports.ts';

const connection = emulatedConnection();
const clients = makeClients(connection);
const catalog = makeCatalog({ streams: { default: noDoubt } });
const clock = new VirtualClock(noon);
const before = [1, 2, 3, 4, 5];
const since = [6, 7, 8, 9];

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'eventmend-backup-'));
});
afterAll(async () => {
  await clients.close();
  await rm(directory, { recursive: true });
});

async function admin(path: string, method: string, body?: object): Promise<void> {
  const answer = await fetch(
    `http://${connection.firestoreEmulatorHost!}/emulator/v1/projects/${connection.projectId}${path}`,
    {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    },
  );
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}

const database = `projects/${connection.projectId}/databases/(default)`;

/** Exports all documents. The emulator has no backups. */
function backUp(): Promise<void> {
  return admin(':export', 'POST', { database, export_directory: directory, export_name: 'backup' });
}

/** Puts the documents of the export in the place of all others. */
async function restore(): Promise<void> {
  await admin('/databases/(default)/documents', 'DELETE');
  const file = join(directory, 'backup', 'backup.overall_export_metadata');
  await admin(':import', 'POST', { database, export_directory: file });
}

/** Lets time pass while something happens: commits rest, and one that meets another is made again. */
async function whileTimePasses(happens: () => Promise<unknown>): Promise<void> {
  const passing = setInterval(() => {
    clock.advance(20);
  }, 5);
  try {
    await happens();
  } finally {
    clearInterval(passing);
  }
}

/** Sends events through validate and a new instance of track. @returns The idempotency keys of what is published. */
async function publish(ids: readonly number[]): Promise<readonly unknown[]> {
  const publisher = new RecordingPublisher();
  const blocks = new FirestoreBlockStore(await clients.database.state());
  const validate = makeValidate(portsInMemory({ publisher, catalog, clock }));
  const track = makeTrack(portsInMemory({ publisher, blocks, catalog, clock }));
  for (const id of ids)
    await validate.handler(aDelivery({ content: JSON.stringify(anEventAt(id)), messageId: `m${id}` }));
  const validated = publisher
    .on('validated-events')
    .map((message) => ({ ...aDelivery(message), topic: 'validated-events' as const }));
  await whileTimePasses(() => Promise.all(validated.map(track.handler)));
  await whileTimePasses(async () => track.finish?.());
  return publisher.on('cleaned-events').map(({ attributes }) => attributes.idempotency_key);
}

/** The ids that sweep asks the producer for, some minutes later. */
async function askedFor(): Promise<readonly unknown[]> {
  const publisher = new RecordingPublisher();
  const state = await clients.database.state();
  const [blocks, ledger] = [new FirestoreBlockStore(state), new FirestoreGapLedger(state)];
  const { handler } = makeSweep(portsInMemory({ publisher, blocks, ledger, catalog, clock }));
  for (let i = 0; i < 5; i++) {
    clock.advance(minuteMs);
    await handler(aDelivery({ topic: 'sweeps', content: '', attributes: { stream: 'default' } }));
  }
  return publisher.on('reprocess-requests').map(({ data }) => JSON.parse(Buffer.from(data).toString()) as unknown);
}

test('a state that is older than the topics loses no event: what comes again is published under its key, the rest is missed', async () => {
  const first = await publish(before);
  await backUp();
  const second = await publish(since);
  expect([first.length, second.length]).toEqual([before.length, since.length]);
  await restore();

  // The messages since the backup come again, but for one. So do some from before it.
  expect(await publish([4, 5, 6, 7, 9])).toEqual([second[0], second[1], second[3]]);
  expect(await askedFor()).toEqual([expect.objectContaining({ from: 8, to: 8 })]);
});
