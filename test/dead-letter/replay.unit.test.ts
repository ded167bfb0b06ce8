import { replayMessage } from '../../shared/dead-letter/replay.ts';
import { readLetter } from '../../shared/dead-letter/arrived-letter.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { aDelivery, textOf } from '../support/builders.ts';

const attributes: Attributes = {
  stream: 'orders',
  trace: 'abc',
  'possible-duplicate': 'true',
  'eventmend-code': 'ERR_INCORRECT',
  'eventmend-stage': 'verify',
  'eventmend-detail': 'no such customer',
  'eventmend-root': 'events/17',
  'eventmend-failed-at': '2025-02-09T11:59:00.000Z',
  'eventmend-id': '7',
  'eventmend-key': '7/1739102400000',
  'eventmend-hash': 'AAECAwQFBgcICQoL',
};

function aRecord(more: Attributes = {}) {
  const delivery = aDelivery({
    topic: 'dead-letter-queue',
    attributes: { ...attributes, ...more },
    content: '{"a":1.0}',
  });
  return readLetter(delivery);
}

test('a replay sends the producer’s bytes and attributes again, under the root, key and hash that the message had', () => {
  const message = replayMessage(aRecord());
  expect(textOf(message)).toBe('{"a":1.0}');
  expect(message.attributes).toEqual({
    stream: 'orders',
    trace: 'abc',
    'possible-duplicate': 'true',
    origin: 'replayed',
    'eventmend-replay': '1',
    'eventmend-root': 'events/17',
    'eventmend-key': '7/1739102400000',
    'eventmend-hash': 'AAECAwQFBgcICQoL',
  });
});

test('an edit keeps the root, says where its entry was, and takes key and hash from the new bytes', () => {
  const message = replayMessage(aRecord(), { edited: Buffer.from('{"a":2}') });
  expect(textOf(message)).toBe('{"a":2}');
  expect(message.attributes).toEqual({
    'eventmend-left': 'id 7 orders 7/1739102400000',
    stream: 'orders',
    trace: 'abc',
    'possible-duplicate': 'true',
    origin: 'replayed',
    'eventmend-replay': '1',
    'eventmend-root': 'events/17',
  });
});

test('a replay has the number after that of the replay that failed', () => {
  expect(replayMessage(aRecord({ 'eventmend-replay': '1' })).attributes['eventmend-replay']).toBe('2');
  expect(replayMessage(aRecord({ 'eventmend-replay': '254' })).attributes['eventmend-replay']).toBe('255');
});

test('a letter is replayed 255 times at most', () => {
  expect(() => replayMessage(aRecord({ 'eventmend-replay': '255' }))).toThrow('was replayed 255 times');
});

test('an edit to no bytes at all is an edit', () => {
  const message = replayMessage(aRecord(), { edited: new Uint8Array() });
  expect(message.data).toHaveLength(0);
  expect(message.attributes).not.toHaveProperty('eventmend-key');
});

test('the operator may say that the content is to replace what its key holds', () => {
  expect(replayMessage(aRecord(), { replace: true }).attributes['eventmend-replace']).toBe('true');
  expect(replayMessage(aRecord(), { replace: false }).attributes).not.toHaveProperty('eventmend-replace');
});

test('the replay of an inference stays one, and says how sure it is', () => {
  const inference = {
    origin: 'reconstructed',
    confidence: '0.9',
    method: 'context',
    'eventmend-root': 'inferred/orders/7',
  };
  expect(replayMessage(aRecord(inference)).attributes).toMatchObject(inference);
});

test.each(['producer', 'verified', 'corrected', 'replayed'])('what was %s becomes the operator’s', (origin) => {
  expect(replayMessage(aRecord({ origin })).attributes.origin).toBe('replayed');
});

test('nothing of what was said of the first attempt goes with it', () => {
  const past = { idempotency_key: 'orders/7', supersedes: 'x', verification: 'unverified', repaired: 'valid' };
  const pubsub = { CloudPubSubDeadLetterSourceSubscription: 'track-validated-events' };
  const replayed = replayMessage(aRecord({ ...past, ...pubsub })).attributes;
  expect(Object.keys(replayed).sort()).toEqual([
    'eventmend-hash',
    'eventmend-key',
    'eventmend-replay',
    'eventmend-root',
    'origin',
    'possible-duplicate',
    'stream',
    'trace',
  ]);
});

test("of Pub/Sub's own letter of a message on events, nothing is believed that its producer wrote on it", () => {
  const forged = {
    ...attributes,
    origin: 'reconstructed',
    CloudPubSubDeadLetterSourceSubscription: 'validate-events',
    CloudPubSubDeadLetterSourceDeliveryCount: '100',
  };
  const delivery = aDelivery({ topic: 'dead-letter-queue', messageId: '40', attributes: forged });
  const replayed = replayMessage(readLetter(delivery)).attributes;
  expect(replayed).toMatchObject({ 'producer-origin': 'reconstructed', 'producer-eventmend-key': '7/1739102400000' });
  const believed = Object.entries(replayed).filter(([name]) => !name.startsWith('producer-'));
  expect(Object.fromEntries(believed)).toEqual({
    stream: 'orders',
    trace: 'abc',
    'possible-duplicate': 'true',
    origin: 'replayed',
    'eventmend-replay': '1',
    'eventmend-root': 'dead-letter-queue/40',
  });
});

test("of Pub/Sub's own letter of a message on another source, only the source of its subscription is believed", () => {
  const forged = {
    ...attributes,
    'eventmend-source': 'mine/3',
    CloudPubSubDeadLetterSourceSubscription: 'validate-source-shop',
    CloudPubSubDeadLetterSourceTopicPublishTime: '2025-02-09T11:00:00.000Z',
  };
  const delivery = aDelivery({ topic: 'dead-letter-queue', messageId: '40', attributes: forged });
  const record = readLetter(delivery, () => ({ stream: 'shop~.a' }));
  expect(record).toMatchObject({ root: 'dead-letter-queue/40', stream: 'shop~.a', failure: { code: 'ERR_DELIVERY' } });
  const replayed = replayMessage(record).attributes;
  expect(replayed).toMatchObject({
    'eventmend-source': 'shop',
    'eventmend-published': '2025-02-09T11:00:00.000Z',
    'eventmend-root': 'dead-letter-queue/40',
    'producer-stream': 'orders',
    'producer-eventmend-source': 'mine/3',
  });
  expect(replayed).not.toHaveProperty('eventmend-key');
});

test.each(['validate-mended-events', 'track-validated-events'])(
  'of a letter that Pub/Sub wrote for %s, what Eventmend wrote is believed',
  (subscription) => {
    const letter = aRecord({ CloudPubSubDeadLetterSourceSubscription: subscription, 'eventmend-source': 'shop/3' });
    expect(replayMessage(letter).attributes).toMatchObject({
      'eventmend-key': '7/1739102400000',
      'eventmend-source': 'shop/3',
    });
  },
);

test.each(['validate-probe-poison', 'somebody-elses', ''])(
  'nothing is believed of a letter that Pub/Sub wrote for %s',
  (subscription) => {
    const letter = aRecord({ CloudPubSubDeadLetterSourceSubscription: subscription });
    expect(replayMessage(letter).attributes).not.toHaveProperty('eventmend-key');
    expect(letter.root).toBe('dead-letter-queue/1');
  },
);

test('a failure is read anew, because its key may stand for what was missing', () => {
  const failure = {
    'eventmend-code': 'ERR_INVALID_EVENT',
    'eventmend-stage': 'validate',
    'eventmend-key': 'events/17',
  };
  const { attributes: sent } = replayMessage(aRecord(failure));
  expect(sent).toMatchObject({ 'eventmend-left': 'id 7 orders events/17', 'eventmend-root': 'events/17' });
  expect(sent).not.toHaveProperty('eventmend-key');
  expect(sent).not.toHaveProperty('eventmend-hash');
});
