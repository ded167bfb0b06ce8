import { gzipSync } from 'node:zlib';
import { cloudEvents } from '../../shared/sources/presets.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { Pipeline, startMs, withoutDoubt } from '../support/pipeline.ts';

const noon = '2025-12-31T12:00:00Z';

function aPipeline() {
  return new Pipeline({
    catalog: {
      sources: {
        shop: { stream: ['/source'], fields: cloudEvents({ sequence: true }) },
        outbox: {
          stream: ['/tenant'],
          fields: { event_id: '/seq', type: '/kind', timestamp: { at: '/at', in: 'ms' } },
          split: 'array',
        },
      },
      streams: { default: { graceMs: 0, resendTimeoutMs: 0, recover: false, ...withoutDoubt } },
    },
  });
}

async function sendTo(pipeline: Pipeline, source: string, content: object | Uint8Array, attributes: Attributes = {}) {
  const data = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
  await pipeline.runtime.publish({ data, attributes }, undefined, source);
  await pipeline.runtime.drain();
}

const cloudEvent = (sequence: number, members: object = {}) => ({
  specversion: '1.0',
  id: `e-${sequence}`,
  source: '/orders/1',
  type: 'order.paid',
  time: noon,
  sequence: String(sequence),
  ...members,
});

const row = (seq: number, members: object = {}) => ({
  seq,
  kind: 'Paid',
  at: startMs - 60_000,
  tenant: 'a',
  ...members,
});

describe('CloudEvents with a sequence', () => {
  it('are published once each, and what is missing of their numbers is known', async () => {
    const pipeline = aPipeline();
    for (const sequence of [1, 2, 4, 5]) await sendTo(pipeline, 'shop', cloudEvent(sequence));
    await sendTo(pipeline, 'shop', cloudEvent(2, { traceparent: '00-other' }));
    await pipeline.runtime.sweepUntilQuiet(1);
    const stream = 'shop~.~2forders~2f1';
    expect(pipeline.cleanKeys).toEqual(['e-1', 'e-2', 'e-4', 'e-5'].map((id) => `${stream}/${id}`));
    expect(pipeline.codes).toEqual(['ERR_DUPLICATE']);
    expect((await pipeline.runtime.ledger.list(stream, 10)).gaps).toMatchObject([{ from: 3, to: 3 }]);
  });

  it('of the binary mode have their fields in attributes, and any data, which reaches consumers as it came', async () => {
    const pipeline = aPipeline();
    const names = ['specversion', 'id', 'source', 'type', 'time', 'sequence'];
    const event: Readonly<Record<string, string>> = cloudEvent(7);
    const attributes = Object.fromEntries(names.map((name) => [`ce-${name}`, event[name]!]));
    await sendTo(pipeline, 'shop', Buffer.from('any text'), attributes);
    expect(pipeline.cleanTexts).toEqual(['any text']);
    expect(pipeline.clean[0]!.attributes).toMatchObject({
      ...attributes,
      stream: 'shop~.~2forders~2f1',
      type: 'order.paid',
      event_id: '7',
      idempotency_key: 'shop~.~2forders~2f1/e-7',
    });
    expect(Object.keys(pipeline.clean[0]!.attributes).filter((name) => name.startsWith('eventmend'))).toEqual([]);
  });
});

describe('an event that is missing among CloudEvents', () => {
  it('is inferred as a CloudEvent, and described in an attribute', async () => {
    const pipeline = new Pipeline({
      catalog: {
        sources: { shop: { stream: ['/source'], fields: cloudEvents({ sequence: true }) } },
        streams: { default: { graceMs: 0, resendTimeoutMs: 0, minConfidence: 0, ...withoutDoubt } },
      },
    });
    for (const sequence of [1, 2, 4, 5]) await sendTo(pipeline, 'shop', cloudEvent(sequence));
    await pipeline.runtime.sweepUntilQuiet(1);
    const inferred = pipeline.clean.find(({ attributes }) => attributes.origin === 'reconstructed')!;
    expect(JSON.parse(Buffer.from(inferred.data).toString())).toEqual({
      specversion: '1.0',
      id: 'inferred/shop~.~2forders~2f1/3',
      source: '/orders/1',
      type: 'order.paid',
      time: expect.stringMatching(/^2025-12-31T12:00:00/) as string,
      sequence: '3',
    });
    expect(inferred.attributes).toMatchObject({ stream: 'shop~.~2forders~2f1', event_id: '3', method: 'context' });
    expect(JSON.parse(inferred.attributes.eventmend!)).toMatchObject({ neighbours: { previous: 2, next: 4 } });
    expect(pipeline.codes).toEqual([]);
  });
});

describe('a message with several events', () => {
  it('becomes a clean event each, byte for byte; a bad one is one letter, and its replay one event', async () => {
    const pipeline = aPipeline();
    const text = `[${JSON.stringify(row(1))}, {"seq":2, "kind":"Paid","tenant":"a"} ,${JSON.stringify(row(3))}]`;
    await sendTo(pipeline, 'outbox', Buffer.from(text), { 'content-type': 'application/json', stream: 'mine' });
    expect(pipeline.cleanTexts).toEqual([row(1), row(3)].map((each) => JSON.stringify(each)));
    expect(pipeline.clean[1]!.attributes).toMatchObject({
      'content-type': 'application/json',
      'producer-stream': 'mine',
    });
    expect(pipeline.letters).toHaveLength(1);
    await pipeline.replayAll({ edited: Buffer.from(JSON.stringify(row(2))) });
    expect(pipeline.cleanKeys).toEqual([1, 3, 2].map((seq) => `outbox~.a/${seq}/${startMs - 60_000}`));
    expect(pipeline.clean[2]!.attributes.origin).toBe('replayed');
  });

  it('that comes again is found by each of its events', async () => {
    const pipeline = aPipeline();
    const rows = [row(1), row(2)];
    const publish = () =>
      pipeline.runtime.publish({ data: Buffer.from(JSON.stringify(rows)), attributes: {} }, 'same', 'outbox');
    await publish();
    await pipeline.runtime.drain();
    await publish();
    await pipeline.runtime.drain();
    expect([pipeline.cleanIds, pipeline.codes]).toEqual([[1, 2], []]);
  });

  it('that does not parse is one letter, whose replay is split', async () => {
    const pipeline = aPipeline();
    await sendTo(pipeline, 'outbox', Buffer.from('[{"seq":1},'));
    expect(pipeline.codes).toEqual(['ERR_UNDECODABLE']);
    await pipeline.replayAll({ edited: Buffer.from(JSON.stringify([row(8), row(9)])) });
    expect(pipeline.cleanIds).toEqual([8, 9]);
  });
});

describe('a compressed event', () => {
  it('reaches consumers as it came', async () => {
    const pipeline = aPipeline();
    const compressed = gzipSync(JSON.stringify(cloudEvent(1)));
    await sendTo(pipeline, 'shop', compressed, { 'content-encoding': 'gzip' });
    expect(pipeline.clean[0]!.data).toEqual(compressed);
    expect(pipeline.clean[0]!.attributes).toMatchObject({ 'content-encoding': 'gzip', event_id: '1' });
  });
});

describe('a message that Pub/Sub gave up', () => {
  it('is filed under the source and the stream that it came from, and its replay is read by its source', async () => {
    const pipeline = aPipeline();
    const attributes = {
      'eventmend-root': 'forged',
      CloudPubSubDeadLetterSourceSubscription: 'validate-source-outbox',
      CloudPubSubDeadLetterSourceDeliveryCount: '100',
    };
    await pipeline.runtime.pubsub.publish('dead-letter-queue', {
      data: Buffer.from(JSON.stringify(row(5))),
      attributes,
    });
    await pipeline.runtime.drain();
    const [letter] = await pipeline.runtime.letters.all();
    expect(letter).toMatchObject({ stream: 'outbox~.a', failure: { code: 'ERR_DELIVERY' } });
    expect(letter!.root).not.toBe('forged');
    await pipeline.replayAll();
    expect(pipeline.cleanKeys).toEqual([`outbox~.a/5/${startMs - 60_000}`]);
  });
});
