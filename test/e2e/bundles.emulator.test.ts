import { randomUUID } from 'node:crypto';
import { mkdtemp, mkdir, readFile, rm, symlink, cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { forgetCommand } from '../../cli/commands/forget.ts';
import { letterId } from '../../shared/dead-letter/arrived-letter.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { writeRequest } from '../../shared/gaps/request.ts';
import { FirestoreAnomalyStore } from '../../shared/gcp/anomaly-store.ts';
import { FirestoreGapLedger } from '../../shared/gcp/gap-ledger.ts';
import { FirestoreDeadLetterStore } from '../../shared/gcp/dead-letter-store.ts';
import { makeClients } from '../../shared/gcp/clients.ts';
import type { Message } from '../../shared/messages/message.ts';
import topology from '../../shared/topology.json' with { type: 'json' };
import type { FunctionName, TopicName } from '../../shared/topology.ts';
import { ServedFunction } from '../functions/served-function.ts';
import { fileGaps } from '../support/builders.ts';
import { runCommand } from '../support/command-run.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { anEventAt } from '../support/pipeline.ts';
import { documentsWith } from '../support/raw-documents.ts';
import { TopicListeners } from '../support/topic-listener.ts';

/*
 * Each function is started as the platform starts it: from a folder that holds its bundle and what its own lock file names, and
 * nothing else of this repository.
 */

const connection = emulatedConnection();
const { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
const env = { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: connection.projectId };
const clients = makeClients(connection);
const listeners = new TopicListeners();
const installed: string[] = [];
const served = new Map<FunctionName, ServedFunction>();

/** Copies a bundle to where nothing else is, and puts what it is locked to beside it. */
async function install(name: FunctionName): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), `eventmend-${name}-`));
  installed.push(directory);
  await cp(`dist/functions/${name}`, directory, { recursive: true });
  const lock = JSON.parse(await readFile(join(directory, 'package-lock.json'), 'utf8')) as { packages: object };
  const places = Object.keys(lock.packages).filter((place) => place.lastIndexOf('node_modules') === 0);
  for (const place of places) {
    await mkdir(dirname(join(directory, place)), { recursive: true });
    await symlink(resolve(place), join(directory, place));
  }
  return directory;
}

async function start(name: FunctionName): Promise<ServedFunction> {
  const started = await ServedFunction.start(name, env, await install(name));
  served.set(name, started);
  return started;
}

/** Pushes a message to a function through one of its subscriptions, as Pub/Sub does. */
function push(subscription: keyof typeof topology.subscriptions, { data, attributes }: Message): Promise<number> {
  const { topic, function: name } = topology.subscriptions[subscription];
  return served.get(name as FunctionName)!.push({ path: `/${topic}`, subscription, data, attributes });
}

const event = (id: number, over = {}): Message => ({
  data: Buffer.from(JSON.stringify(anEventAt(id, over))),
  attributes: { stream: 'shop' },
});

type Next = () => Promise<Message>;
const next = new Map<TopicName, Next>();

beforeAll(async () => {
  const pubsub = await clients.pubsub();
  for (const topic of Object.keys(topology.topics) as TopicName[]) {
    const received = await listeners.listen(pubsub, topic);
    next.set(topic, async () => (await received(1))[0]!);
  }
  await Promise.all((Object.keys(topology.functions) as FunctionName[]).map(start));
});

afterAll(async () => {
  await Promise.all([...served.values()].map((started) => started.stop()));
  await listeners.close();
  await clients.close();
  await Promise.all(installed.map((directory) => rm(directory, { recursive: true })));
});

/** Sends an event through validate and track. @returns What track publishes on a topic for it. */
async function tracked(message: Message, topic: TopicName): Promise<Message> {
  expect(await push('validate-events', message)).toBe(204);
  expect(await push('track-validated-events', await next.get('validated-events')!())).toBe(204);
  return next.get(topic)!();
}

/** The sign that a bundle does its work. */
const works: Readonly<Record<FunctionName, () => Promise<void>>> = {
  validate: async () => {
    expect(await push('validate-events', event(1))).toBe(204);
    expect((await next.get('validated-events')!()).attributes).toMatchObject({ 'eventmend-id': '1' });
  },
  track: async () => {
    expect((await tracked(event(1), 'cleaned-events')).attributes).toMatchObject({ event_id: '1', origin: 'producer' });
    expect((await tracked(event(3), 'cleaned-events')).attributes).toMatchObject({ event_id: '3' });
  },
  verify: async () => {
    const suspect = await tracked(event(4, { valid: false }), 'suspect-events');
    expect(await push('verify-suspect-events', suspect)).toBe(204);
    expect((await next.get('mended-events')!()).attributes).toMatchObject({ 'eventmend-code': 'ERR_INCORRECT' });
  },
  sweep: async () => {
    expect(await push('sweep-sweeps', { data: Buffer.from('tick'), attributes: {} })).toBe(204);
    expect((await next.get('sweeps')!()).attributes).toEqual({ stream: 'shop' });
  },
  reconstruct: async () => {
    const gap: Gap = { stream: 'shop', from: 2, to: 2, state: 'requested', foundAtMs: Date.now() };
    await fileGaps(new FirestoreGapLedger(await clients.database.state()), [gap]);
    const request = writeRequest({ phase: 'infer', stream: 'shop', from: 2, to: 2, attempt: 1, deadlineMs: 0 });
    expect(await push('reconstruct-reprocess-requests', request)).toBe(204);
    // Two neighbours are little evidence. That it is too uncertain takes the ledger and the blocks.
    const row = await new FirestoreGapLedger(await clients.database.state()).find('shop', 2);
    expect(row?.value.why).toBe('too-uncertain');
  },
  archive: async () => {
    const attributes = { 'eventmend-root': 'events/77', 'eventmend-code': 'ERR_STALE', 'eventmend-stage': 'track' };
    expect(await push('archive-dead-letter-queue', { data: Buffer.from('{}'), attributes })).toBe(204);
    const letters = new FirestoreDeadLetterStore(await clients.database.letters());
    const filed = await letters.find(letterId('events/77'));
    expect(filed?.value.failure.code).toBe('ERR_STALE');
  },
  store: async () => {
    const attributes = { ...event(1).attributes, idempotency_key: 'shop/1/0' };
    expect(await push('store-cleaned-events', { ...event(1), attributes })).toBe(204);
    const database = await clients.database.state();
    const { docs } = await database.collection('clean-events').get();
    expect(docs).toHaveLength(1);
  },
  recheck: async () => {
    const times = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:05:00Z' };
    const anomaly = { stream: 'shop', type: 'Paid', ...times, measure: 'count', value: 9, expected: 1, score: 8 };
    const message = { data: Buffer.from(JSON.stringify(anomaly)), attributes: {} };
    expect(await push('recheck-anomalies', message)).toBe(204);
    const anomalies = new FirestoreAnomalyStore(await clients.database.state());
    expect(await anomalies.latest(1)).toMatchObject([{ stream: 'shop', measure: 'count', value: 9 }]);
  },
  console: async () => {
    const page = await served.get('console')!.fetch('/');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  },
};

describe('a bundle, started as the platform starts it', () => {
  it.each(Object.keys(topology.functions) as FunctionName[])('does the work of %s', async (name) => {
    await works[name]();
  });
});

it('a person is forgotten in all that the bundles have stored, and does not come back with a redelivery', async () => {
  const person = `ana-${randomUUID()}`;
  const about = { ...event(9, { data: { customer: person } }), attributes: { stream: 'shop', customer: person } };
  const failed = { 'eventmend-root': 'events/78', 'eventmend-code': 'ERR_STALE', 'eventmend-stage': 'track' };
  const deliver = async (): Promise<void> => {
    const letter = { ...about, attributes: { ...about.attributes, ...failed } };
    const clean = { ...about, attributes: { ...about.attributes, idempotency_key: `shop/${person}` } };
    expect(await push('archive-dead-letter-queue', letter)).toBe(204);
    expect(await push('store-cleaned-events', clean)).toBe(204);
  };
  const databases = [await clients.database.state(), await clients.database.letters()];
  const documents = async () =>
    (await Promise.all(databases.map(({ firestore }) => documentsWith(firestore, person)))).map(({ length }) => length);
  const run = async (...more: readonly string[]) => {
    const argv = ['--field', `/data/customer=${person}`, '--json', ...more];
    const { code, stdout } = await runCommand(forgetCommand, argv, [], {
      EVENTMEND_CONSOLE: served.get('console')!.url,
    });
    const { found } = JSON.parse(stdout) as { found: readonly { kind: string; result: string }[] };
    return [code, ...found.map(({ kind, result }) => `${kind} ${result}`)];
  };
  await deliver();
  expect(await run('--dry-run')).toEqual([0, 'letter found', 'event found']);
  expect(await documents()).toEqual([1, 1]);
  expect(await run()).toEqual([0, 'letter erased', 'event erased']);
  await deliver();
  expect(await documents()).toEqual([0, 0]);
  expect(await run()).toEqual([0]);
});
