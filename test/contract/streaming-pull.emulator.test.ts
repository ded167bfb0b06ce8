import { makeClients } from '../../shared/gcp/clients.ts';
import { StreamingPull } from '../../shared/gcp/streaming-pull.ts';
import type { PulledMessage, PullStream } from '../../shared/pull-source.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { eventually } from '../support/eventually.ts';

const clients = makeClients(emulatedConnection());
const streams: PullStream[] = [];

afterAll(async () => {
  await Promise.all(streams.map((stream) => stream.close()));
  await clients.close();
});

/** A topic and a subscription of a test. */
async function setUp(name: string) {
  const pubsub = await clients.pubsub();
  const [topic] = await pubsub.createTopic(`topic-${name}`);
  await topic.createSubscription(name, { ackDeadlineSeconds: 60 });
  const limits = { maxMessages: 10, maxBytes: 10_000_000, maxStreams: 5, maxLeaseMs: 60_000 };
  return { topic, source: new StreamingPull({ pubsub, name, ...limits }) };
}

/** Opens a stream. @returns What it brings, and the errors with which it ended. */
function open(source: StreamingPull) {
  const came: PulledMessage[] = [];
  const ends: unknown[] = [];
  const stream = source.open({ onMessage: (message) => came.push(message), onEnd: (error) => ends.push(error) });
  streams.push(stream);
  return { came, ends, stream };
}

describe('a stream of Pub/Sub', () => {
  it("brings a message with the producer's bytes and attributes, whatever their names, and takes its ack", async () => {
    const { topic, source } = await setUp('brings');
    const attributes = JSON.parse('{"stream": "a", "__proto__": "odd"}') as Record<string, string>;
    const id = await topic.publishMessage({ data: Buffer.from('{}'), attributes, orderingKey: 'k' });
    const { came, stream } = open(source);
    const [message] = await eventually('it comes', () => came.length > 0 && came);
    expect(message).toMatchObject({ messageId: id, data: Buffer.from('{}'), orderingKey: 'k' });
    expect(Object.entries(message!.attributes)).toEqual(expect.arrayContaining(Object.entries(attributes)));
    expect(Math.abs(message!.publishedAtMs - message!.arrivedAtMs)).toBeLessThan(600_000);
    message!.ack();
    await stream.close();
    expect(await source.holdsMessage()).toBe(false);
  });

  it('is one of the subscription whose name begins with the prefix of the deployment', async () => {
    const prefixed = makeClients({ ...emulatedConnection(), namePrefix: 'staging-' });
    const pubsub = await prefixed.pubsub();
    const [topic] = await pubsub.createTopic('topic-prefixed');
    const [{ name }] = await topic.createSubscription('prefixed', { ackDeadlineSeconds: 60 });
    expect(name).toMatch(/\/staging-prefixed$/);
    await topic.publishMessage({ data: Buffer.from('{}') });
    const limits = { maxMessages: 10, maxBytes: 10_000_000, maxStreams: 5, maxLeaseMs: 60_000 };
    const source = new StreamingPull({ pubsub, name: 'prefixed', ...limits });
    expect(await source.holdsMessage()).toBe(true);
    const { came, stream } = open(source);
    await eventually('it comes', () => came.length > 0);
    came[0]!.ack();
    await stream.close();
    await prefixed.close();
  });

  it('leaves out an ordering key that there is not', async () => {
    const { topic, source } = await setUp('unordered');
    await topic.publishMessage({ data: Buffer.from('{}') });
    const { came } = open(source);
    const [message] = await eventually('it comes', () => came.length > 0 && came);
    expect(message).not.toHaveProperty('orderingKey');
    message!.ack();
  });

  it('brings a nacked message again', async () => {
    const { topic, source } = await setUp('nacked');
    await topic.publishMessage({ data: Buffer.from('{}') });
    const { came } = open(source);
    await eventually('it comes', () => came.length > 0);
    came[0]!.nack();
    await eventually('it comes again', () => came.length > 1);
    came[1]!.ack();
  });

  it('gives back what was not acked when it is closed, and does not end by itself', async () => {
    const { topic, source } = await setUp('closed');
    await topic.publishMessage({ data: Buffer.from('{}') });
    const { came, ends, stream } = open(source);
    await eventually('it comes', () => came.length > 0);
    expect(await source.holdsMessage()).toBe(false);
    await stream.close();
    await eventually('it is given back', () => source.holdsMessage());
    expect(ends).toEqual([]);
  });

  it('hands on no more than its limit of messages, until one of them is acked', async () => {
    const { topic, source } = await setUp('limited');
    await Promise.all(Array.from({ length: 15 }, (_, i) => topic.publishMessage({ data: Buffer.from(String(i)) })));
    const { came } = open(source);
    await eventually('ten come', () => came.length === 10);
    // The library holds the others, so none waits in Pub/Sub in the end.
    came[0]!.ack();
    await eventually('another comes', () => came.length === 11);
    expect(came).toHaveLength(11);
    for (const message of came.slice(1)) message.ack();
    await eventually('the others come', () => came.length === 15);
    for (const message of came.slice(11)) message.ack();
  });

  it('ends with the error if there is no such subscription', async () => {
    const limits = { maxMessages: 10, maxBytes: 10_000_000, maxStreams: 5, maxLeaseMs: 60_000 };
    const { ends } = open(new StreamingPull({ pubsub: await clients.pubsub(), name: 'nowhere', ...limits }));
    await eventually('it ends', () => ends.length > 0);
    expect(ends).toMatchObject([{ code: 5 }]);
  });
});
