import type { Message } from '../../shared/messages/message.ts';
import { textOf } from '../support/builders.ts';
import { anEventAt } from '../support/pipeline.ts';
import { eventually } from '../support/eventually.ts';
import { LivePipeline } from './live-pipeline.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** Short, so that an outage is soon noticed. A call that takes longer on a slow machine is made again. */
const timeouts = { FIRESTORE_TIMEOUT_MS: '1000', PUBLISH_TIMEOUT_MS: '20000' };

let pipeline: LivePipeline;
let pubsub: TcpProxy;
let firestore: TcpProxy;
let clean: readonly Message[];
let letters: readonly Message[];

beforeAll(async () => {
  const { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
  [pubsub, firestore] = await Promise.all([TcpProxy.to(PUBSUB_EMULATOR_HOST!), TcpProxy.to(FIRESTORE_EMULATOR_HOST!)]);
  const proxied = { PUBSUB_EMULATOR_HOST: pubsub.host, FIRESTORE_EMULATOR_HOST: firestore.host };
  pipeline = await LivePipeline.start({
    functions: ['validate', 'track'],
    envOf: (name) => ({ ...timeouts, ...(name === 'track' && proxied) }),
  });
});

afterAll(async () => {
  const left = await pipeline.stop();
  pubsub.close();
  firestore.close();
  expect(left).toEqual([]);
});

function anEvent(stream: string, id = 1): { data: string; attributes: { stream: string } } {
  return { data: JSON.stringify(anEventAt(id)), attributes: { stream } };
}

function cleanOf(stream: string): Message[] {
  return clean.filter(({ attributes }) => attributes.stream === stream);
}

describe('a handler that threw', () => {
  it('gets the event again, and it is clean', async () => {
    const client = await pipeline.pubsub();
    await client.topic('cleaned-events').delete();
    await pipeline.send(anEvent('thrown'));
    await pipeline.says('publishing on cleaned-events failed');
    expect(await pipeline.entriesOf('thrown', 1)).toMatchObject([{ state: 'clean', published: false }]);

    // Nothing is published before somebody listens.
    firestore.stall();
    await client.createTopic('cleaned-events');
    [clean, letters] = await Promise.all([pipeline.listen('cleaned-events'), pipeline.listen('dead-letter-queue')]);
    firestore.resume();
    await eventually('it is clean', () => cleanOf('thrown').length > 0);
    expect(cleanOf('thrown').map(textOf)).toEqual([anEvent('thrown').data]);
    expect(letters).toEqual([]);
  });
});

describe('track, killed', () => {
  afterEach(() => {
    pubsub.release();
  });

  it('between claim and publish: the event comes again, recognises its claim, and is published', async () => {
    const held = pubsub.holdRequest('before-publish/1/');
    await pipeline.send(anEvent('before-publish'));
    await held;
    expect(await pipeline.entriesOf('before-publish', 1)).toMatchObject([{ state: 'clean', published: false }]);
    pubsub.release();
    await pipeline.kill('track');
    expect(cleanOf('before-publish')).toEqual([]);

    await eventually('it is clean', () => cleanOf('before-publish').length > 0);
    await eventually('it is known to be published', async () => {
      const [entry] = await pipeline.entriesOf('before-publish', 1);
      return entry?.published;
    });
    expect(cleanOf('before-publish').map(textOf)).toEqual([anEvent('before-publish').data]);
    expect(letters).toEqual([]);
  });

  it('between publish and ack: the event comes twice, under one idempotency key', async () => {
    const passed = pubsub.holdAnswer('before-ack/1/');
    await pipeline.send(anEvent('before-ack'));
    await passed;
    await eventually('it is published', () => cleanOf('before-ack').length > 0);
    expect(await pipeline.entriesOf('before-ack', 1)).toMatchObject([{ state: 'clean', published: false }]);
    pubsub.release();
    await pipeline.kill('track');

    await eventually('it is published again', () => cleanOf('before-ack').length > 1);
    const [first, second, ...more] = cleanOf('before-ack');
    expect(second).toEqual(first);
    expect(first!.attributes.idempotency_key).toMatch(/^before-ack\/1\/\d+$/);
    expect(more).toEqual([]);
    expect(letters).toEqual([]);
  });
});

describe('Firestore, out of reach in mid-stream', () => {
  const before = Array.from({ length: 40 }, (_, i) => i + 1);
  const during = Array.from({ length: 40 }, (_, i) => i + 41);

  it('delays the events that it meets: all are clean in the end, and none is a dead letter', async () => {
    const idsOf = () => new Set(cleanOf('outage').map(({ attributes }) => Number(attributes.event_id)));
    await pipeline.send(...before.map((id) => anEvent('outage', id)));
    await eventually('the stream is under way', () => idsOf().size === before.length);
    firestore.stall();
    await pipeline.send(...during.map((id) => anEvent('outage', id)));
    // Deliveries fail, and the messages come again, while the outage lasts.
    await pipeline.says('no answer within 1000 ms', 4);
    expect(idsOf().size).toBe(before.length);
    firestore.resume();
    await eventually('every event is clean', () => idsOf().size === before.length + during.length);
    expect([...idsOf()].sort((a, b) => a - b)).toEqual([...before, ...during]);
    expect(letters).toEqual([]);
  });
});
