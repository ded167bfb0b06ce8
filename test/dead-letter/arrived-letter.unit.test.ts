import fc from 'fast-check';
import { letterId, readLetter } from '../../shared/dead-letter/arrived-letter.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { aDelivery, noon, textOf } from '../support/builders.ts';

const ours: Attributes = {
  stream: 'orders',
  trace: 'abc',
  'eventmend-code': 'ERR_CONFLICT',
  'eventmend-stage': 'track',
  'eventmend-detail': 'other-content',
  'eventmend-root': 'events/17',
  'eventmend-failed-at': '2025-02-09T11:59:00.000Z',
  'eventmend-id': '7',
};

function read(attributes: Attributes = ours, messageId = '40', content: object | string = '{"event_id":7}') {
  return readLetter(aDelivery({ topic: 'dead-letter-queue', messageId, attributes, content }));
}

describe('a letter that is read', () => {
  test('is filed with its reason, its root, its times, and its message as it is', () => {
    const { message, id, content, ...letter } = read();
    expect(content).toHaveLength(12);
    expect(letter).toEqual({
      root: 'events/17',
      failure: { code: 'ERR_CONFLICT', stage: 'track', detail: 'other-content' },
      stream: 'orders',
      eventId: 7,
      failedAtMs: noon - 60_000,
      replay: 0,
      messageId: '40',
    });
    // Without a dash in front, which a command line would take for an option.
    expect(id).toMatch(/^[0-9a-f]{24}$/);
    expect(message.attributes).toBe(ours);
    expect(textOf(message)).toBe('{"event_id":7}');
  });

  test('has one name a root, and no two roots share it', () => {
    const roots = ['events/17', 'events/18', 'inferred/orders/17', 'gap/orders/17', ''];
    expect(new Set(roots.map(letterId)).size).toBe(roots.length);
    expect(read(ours, '40').id).toBe(read(ours, '41').id);
  });

  test('of the topic alone is filed under its own topic and id', () => {
    const record = read({ trace: 'abc' }, '40');
    expect([record.root, record.failure.code]).toEqual(['dead-letter-queue/40', 'ERR_UNDECODABLE']);
    expect([record.stream, record.eventId, record.failedAtMs]).toEqual([undefined, undefined, noon]);
  });
});

describe("Pub/Sub's own letter", () => {
  const givenUp: Attributes = {
    trace: 'abc',
    CloudPubSubDeadLetterSourceSubscription: 'validate-events',
    CloudPubSubDeadLetterSourceSubscriptionProject: 'a-project',
    CloudPubSubDeadLetterSourceDeliveryCount: '100',
    CloudPubSubDeadLetterSourceTopicPublishTime: '2025-02-09T11:00:00.000Z',
  };

  test('says which of our subscriptions gave up, and after how many deliveries', () => {
    expect(read(givenUp)).toMatchObject({
      root: 'dead-letter-queue/40',
      failure: {
        code: 'ERR_DELIVERY',
        stage: 'archive',
        detail: 'subscription validate-events gave up after 100 deliveries',
      },
    });
  });

  test('counts though its deliveries cannot be read', () => {
    const { failure } = read({ ...givenUp, CloudPubSubDeadLetterSourceDeliveryCount: 'many' });
    expect(failure.detail).toBe('subscription validate-events gave up');
  });

  test('of a message that was on its way to track keeps the root that validate gave it', () => {
    const attributes = { ...ours, ...givenUp, CloudPubSubDeadLetterSourceSubscription: 'track-validated-events' };
    expect(read(attributes)).toMatchObject({ root: 'events/17', failure: { code: 'ERR_DELIVERY' } });
  });

  test.each(['somebody-elses', 'validate-events-2', '', 'toString', '__proto__'])(
    'does not count if the subscription that it names is not ours: "%s"',
    (name) => {
      const { failure } = read({ ...givenUp, CloudPubSubDeadLetterSourceSubscription: name });
      expect(failure.code).toBe('ERR_UNDECODABLE');
    },
  );

  test('of a message on events is filed under its own topic and id, whatever root its producer wrote on it', () => {
    expect(read({ ...givenUp, 'eventmend-root': 'events/17' }).root).toBe('dead-letter-queue/40');
  });
});

describe('nothing that arrives is turned away', () => {
  const anAttribute = fc.oneof(
    fc.constantFrom(
      'eventmend-code',
      'eventmend-stage',
      'eventmend-root',
      'eventmend-id',
      'eventmend-failed-at',
      'stream',
      'CloudPubSubDeadLetterSourceSubscription',
      'CloudPubSubDeadLetterSourceDeliveryCount',
    ),
    fc.string(),
  );
  const aValue = fc.oneof(fc.string(), fc.constantFrom('ERR_CONFLICT', 'track', 'validate-events', '7', 'NaN'));

  test('whatever its attributes and bytes are, they are all in the record', () => {
    fc.assert(
      fc.property(fc.dictionary(anAttribute, aValue), fc.uint8Array(), (attributes, bytes) => {
        const data = Buffer.from(bytes);
        const record = readLetter(aDelivery({ topic: 'dead-letter-queue', attributes, data }));
        expect(record.message).toEqual({ data, attributes });
        expect(record.id).toMatch(/^[0-9a-f]{24}$/);
        expect(Number.isFinite(record.failedAtMs)).toBe(true);
      }),
    );
  });

  test.each(['seven', '', '7.5', '-1', '9007199254740993'])('the id "%s" is none', (id) => {
    expect(read({ ...ours, 'eventmend-id': id }).eventId).toBeUndefined();
  });

  test('a code or a stage that there is not is no reason', () => {
    expect(read({ ...ours, 'eventmend-code': 'ERR_MINE' }).failure.code).toBe('ERR_UNDECODABLE');
    expect(read({ ...ours, 'eventmend-stage': 'mine' }).failure.code).toBe('ERR_UNDECODABLE');
  });
});
