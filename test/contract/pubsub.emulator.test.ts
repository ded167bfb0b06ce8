import { PubSub } from '@google-cloud/pubsub';
import { RetryableError } from '../../shared/errors.ts';
import { makeClients } from '../../shared/gcp/clients.ts';
import { PubSubPublisher } from '../../shared/gcp/publisher.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { TopicListeners } from '../support/topic-listener.ts';
import { describePublisher, type PublisherSetup } from './publisher.ts';

const connection = emulatedConnection();
const clients = makeClients(connection);
const listeners = new TopicListeners();

/** Makes a publisher, and a listener to `events`. */
async function setUp(): Promise<PublisherSetup & { readonly publisher: PubSubPublisher }> {
  const pubsub = await clients.pubsub();
  const received = await listeners.listen(pubsub, 'events');
  return { publisher: new PubSubPublisher({ pubsub, timeoutMs: connection.publishTimeoutMs }), received };
}

afterAll(async () => {
  await listeners.close();
  await clients.close();
});

describePublisher('Pub/Sub', setUp);

describe('the Pub/Sub adapter', () => {
  it('publishes the other messages of a batch when Pub/Sub refuses one', async () => {
    const { publisher, received } = await setUp();
    const empty = { data: new Uint8Array(), attributes: {} };
    const published = await Promise.allSettled([
      publisher.publish('events', { data: Buffer.from('a'), attributes: {} }),
      publisher.publish('events', empty),
      publisher.publish('events', { data: Buffer.from('b'), attributes: {} }),
    ]);
    expect(published.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await received(2)).map(({ data }) => String(data)).toSorted()).toEqual(['a', 'b']);
  });

  it('publishes further messages with an ordering key of which Pub/Sub has refused one', async () => {
    const { publisher, received } = await setUp();
    const ordered = (text: string) => ({ data: Buffer.from(text), attributes: {}, orderingKey: 'k' });
    await expect(publisher.publish('events', ordered(''))).rejects.toThrow();
    await publisher.publish('events', ordered('a'));
    expect((await received(1)).map(({ data }) => String(data))).toEqual(['a']);
  });

  it('replaces the parts of an attribute that are not valid Unicode', async () => {
    const { publisher, received } = await setUp();
    await publisher.publish('events', { data: Buffer.from('a'), attributes: { type: 'half \ud83d, whole \u{1F4E6}' } });
    expect((await received(1))[0]!.attributes).toEqual({ type: 'half \ufffd, whole \u{1F4E6}' });
  });

  it('throws a retryable error when the topic does not exist', async () => {
    const publisher = new PubSubPublisher({ pubsub: await clients.pubsub(), timeoutMs: connection.publishTimeoutMs });
    const publish = publisher.publish('cleaned-events', { data: Buffer.from('{}'), attributes: {} });
    await expect(publish).rejects.toThrow(RetryableError);
  });

  it('gives up in time when Pub/Sub does not answer', async () => {
    const pubsub = new PubSub({ projectId: connection.projectId, apiEndpoint: '127.0.0.1:1', emulatorMode: true });
    const publisher = new PubSubPublisher({ pubsub, timeoutMs: 300 });
    const publish = publisher.publish('events', { data: Buffer.from('{}'), attributes: {} });
    await expect(publish).rejects.toThrow(RetryableError);
    await expect(publish).rejects.toThrow('no answer within 300 ms');
    await pubsub.close();
  });

  it('has published every pending message after a flush', async () => {
    const { publisher, received } = await setUp();
    let isPublished = false;
    void publisher.publish('events', { data: Buffer.from('late'), attributes: {} }).then(() => {
      isPublished = true;
    });
    await publisher.flush();
    expect(isPublished).toBe(true);
    await publisher.flush();
    expect((await received(1)).map(({ data }) => String(data))).toEqual(['late']);
  });
});
