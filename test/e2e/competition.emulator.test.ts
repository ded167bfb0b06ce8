import { Agent, request } from 'node:http';
import { builtDirectory } from '../../cli/local/built.ts';
import { FunctionProcess } from '../../cli/local/function-process.ts';
import { makeTopics } from '../../cli/local/resources.ts';
import { makeValidate } from '../../functions/validate/handler.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { makeClients } from '../../shared/gcp/clients.ts';
import type { Message } from '../../shared/messages/message.ts';
import { blockIndex } from '../../shared/tracking/block.ts';
import { aDelivery } from '../support/builders.ts';
import { emulatedConnection, patientSettings } from '../support/emulators.ts';
import { anEventAt } from '../support/pipeline.ts';
import { portsInMemory } from '../support/ports.ts';
import { eventually, isAlive } from '../support/eventually.ts';

const eventCount = 5_000;
const duplicateCount = 100;
/** How far an event may come from its place. */
const disorder = 500;
const instanceCount = 4;
const inFlightEach = 100;

const connection = emulatedConnection();
const clients = makeClients(connection);
const agent = new Agent({ keepAlive: true });
const instances: FunctionProcess[] = [];

/** The emulator pushes two messages at a time: to have a hundred in flight to each instance, the test pushes itself. */
beforeAll(async () => {
  await makeTopics(await clients.pubsub());
  const { PATH, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
  const env = {
    PATH,
    PUBSUB_EMULATOR_HOST,
    FIRESTORE_EMULATOR_HOST,
    GOOGLE_CLOUD_PROJECT: connection.projectId,
    ...patientSettings,
  };
  const started = Array.from({ length: instanceCount }, () =>
    FunctionProcess.start(
      { process: { name: 'track' }, env, built: builtDirectory(), show: () => undefined },
      new AbortController().signal,
    ),
  );
  instances.push(...(await Promise.all(started)));
});

afterAll(async () => {
  agent.destroy();
  const pids = instances.map(({ pid }) => pid!);
  await Promise.all(instances.map((instance) => instance.stop()));
  await clients.close();
  expect(pids.filter(isAlive)).toEqual([]);
});

/** The events of one stream as validate passes them on: in disorder, and some of them twice. */
async function validated(): Promise<Message[]> {
  const random = makeRandom(1);
  const ids = Array.from({ length: eventCount }, (_, i) => i);
  const again = Array.from({ length: duplicateCount }, () => Math.floor(random() * eventCount));
  const places = [...ids, ...again].map((id) => ({ id, place: id + random() * disorder }));
  const messages: Message[] = [];
  const publish = (_: string, message: Message) => {
    messages.push(message);
    return Promise.resolve();
  };
  const { handler: validate } = makeValidate(portsInMemory({ publisher: { publish } }));
  const attributes = { stream: 'hot' };
  for (const [i, { id }] of places.sort((a, b) => a.place - b.place).entries()) {
    const data = Buffer.from(JSON.stringify(anEventAt(id)));
    await validate(aDelivery({ data, attributes, messageId: String(i) }));
  }
  return messages;
}

function pushBody({ data, attributes }: Message, i: number): Buffer {
  const message = {
    data: Buffer.from(data).toString('base64'),
    attributes,
    messageId: String(i),
    publishTime: '2025-02-09T12:00:00.000Z',
  };
  return Buffer.from(JSON.stringify({ message, subscription: 'projects/x/subscriptions/track-validated-events' }));
}

function post(url: string, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const posted = request(`${url}/validated-events`, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    posted.on('error', reject);
    posted.end(body);
  });
}

/** Pushes each message to the instance that is free first, again until it is acked. @returns How many pushes were not acked. */
async function pushAll(bodies: readonly Buffer[]): Promise<number> {
  const queue = bodies.entries();
  let nacked = 0;
  const worker = async ({ url }: FunctionProcess): Promise<void> => {
    for (const [, body] of queue) while ((await post(url!, body)) !== 204) nacked++;
  };
  await Promise.all(instances.flatMap((instance) => Array.from({ length: inFlightEach }, () => worker(instance))));
  return nacked;
}

/** The messages that are published on a topic, each once: Pub/Sub may deliver it to this test more often. */
async function collect(topic: string): Promise<Message[]> {
  const pubsub = await clients.pubsub();
  const [subscription] = await pubsub.topic(topic).createSubscription(`test-${topic}`);
  const messages: Message[] = [];
  const seen = new Set<string>();
  subscription.setOptions({ flowControl: { maxMessages: 2_000 } });
  subscription.on('message', (message) => {
    if (seen.size < seen.add(message.id).size) messages.push({ data: message.data, attributes: message.attributes });
    message.ack();
  });
  closings.push(() => subscription.close());
  return messages;
}
const closings: (() => Promise<void>)[] = [];

describe('four instances of track that compete for one hot stream', () => {
  it('lose no event, find every duplicate, and refuse no push', async () => {
    const bodies = (await validated()).map(pushBody);
    expect(bodies).toHaveLength(eventCount + duplicateCount);
    const [clean, letters] = await Promise.all([collect('cleaned-events'), collect('dead-letter-queue')]);

    const nacked = await pushAll(bodies);
    await eventually('all have come out', () => clean.length + letters.length >= bodies.length);
    await Promise.all(closings.map((close) => close()));

    const keys = new Set(clean.map(({ attributes }) => attributes.idempotency_key));
    expect(keys.size).toBe(eventCount);
    const codes = letters.map(({ attributes }) => attributes['eventmend-code']);
    expect(codes).toEqual(Array.from({ length: duplicateCount }, () => 'ERR_DUPLICATE'));
    // A message that is pushed again may come out again, under the same key. None is pushed again here.
    expect([nacked, clean.length]).toEqual([0, eventCount]);

    const blocks = new FirestoreBlockStore(await clients.database.state());
    let entries = 0;
    for await (const { cells } of blocks.scan('hot', 0, blockIndex(eventCount)))
      for (const cell of cells) entries += cell.length;
    expect(entries).toBe(eventCount);
  });
});
