import type { InferredEvent } from '../../shared/inference/infer.ts';
import { inferredMessage } from '../../shared/inference/inferred-message.ts';
import { noon, textOf } from '../support/builders.ts';

const known = (eventId: number) => ({ eventId, type: 'LeadCreated', instantMs: noon, entity: 0 });

const inferred: InferredEvent = {
  eventId: 1003,
  type: 'CRM_Sync',
  instantMs: noon + 90_000,
  typeConfidence: 0.95,
  confidence: 0.9,
  existence: { probability: 0.94737, answers: { originals: 8, voids: 1 }, assumed: { originals: 1, voids: 0.1 } },
  method: 'context',
  entity: undefined,
  entityPath: undefined,
  neighbours: { previous: known(1002), next: known(1004) },
};

const entity = { sameAs: 998, digest: 77, confidence: 0.71239 };

function ownOf(event: InferredEvent): unknown {
  return (JSON.parse(textOf(inferredMessage('orders', event))) as { _eventmend: unknown })._eventmend;
}

test('an inferred event reads like a producer’s of its type, is valid, and names its neighbours and the parts of its confidence', () => {
  expect(textOf(inferredMessage('orders', inferred))).toBe(
    '{"event_id":1003,"type":"CRM_Sync","timestamp":"2025-02-09T12:01:30","valid":true,' +
      '"_eventmend":{"neighbours":{"previous":1002,"next":1004},"typeConfidence":0.95,' +
      '"existed":{"confidence":0.9474,"answers":{"originals":8,"voids":1},"assumed":{"originals":1,"voids":0.1}}}}',
  );
});

test('it names no neighbour where it has none', () => {
  expect(ownOf({ ...inferred, neighbours: { previous: known(1002), next: undefined } })).toHaveProperty('neighbours', {
    previous: 1002,
  });
});

describe('what an inferred event is about', () => {
  const about: InferredEvent = { ...inferred, method: 'entity', entity, entityPath: 'data.case' };

  test('is named by another event that is about it, since its own name is not kept', () => {
    expect(ownOf(about)).toMatchObject({ entity: { path: 'data.case', sameAs: 998, confidence: 0.7124 } });
  });

  test.each([
    ['less likely than not', { ...about, entity: { ...entity, confidence: 0.4999 } }],
    ['not known', { ...about, entity: undefined }],
    ['nothing that the catalog names for its type', { ...about, entityPath: undefined }],
  ])('is not said where it is %s', (_, event) => {
    expect(ownOf(event)).not.toHaveProperty('entity');
  });
});

test('it says whether its type rests on the stream or on the history of its entity', () => {
  expect(inferredMessage('orders', { ...inferred, method: 'entity' }).attributes.method).toBe('entity');
});

test('it says that it is inferred, how, and how surely, and its root is the same whenever it is inferred', () => {
  expect(inferredMessage('orders', inferred).attributes).toEqual({
    stream: 'orders',
    origin: 'reconstructed',
    'eventmend-root': 'inferred/orders/1003',
    confidence: '0.9',
    method: 'context',
  });
});

test.each([
  [noon, '2025-02-09T12:00:00'],
  [noon + 500, '2025-02-09T12:00:00.500'],
  [noon + 7, '2025-02-09T12:00:00.007'],
  [0, '1970-01-01T00:00:00'],
  [-1, '1969-12-31T23:59:59.999'],
])('its timestamp is spelt with milliseconds only where there are any', (instantMs, timestamp) => {
  const event = JSON.parse(textOf(inferredMessage('orders', { ...inferred, instantMs }))) as { timestamp: string };
  expect(event.timestamp).toBe(timestamp);
});

test.each([
  [2 / 3, '0.6667'],
  [1, '1'],
  [0, '0'],
  [1 / 1_000_000, '0'],
])('a confidence of %d is written as %s', (confidence, written) => {
  expect(inferredMessage('orders', { ...inferred, confidence }).attributes.confidence).toBe(written);
});
