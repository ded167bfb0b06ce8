import { inferredMessage } from '../../shared/inference/inferred-message.ts';
import { noon, textOf } from '../support/builders.ts';

const inferred = { eventId: 1003, type: 'CRM_Sync', instantMs: noon + 90_000, confidence: 0.9 };

test('an inferred event reads like a producer’s of its type, and is valid', () => {
  expect(textOf(inferredMessage('orders', inferred))).toBe(
    '{"event_id":1003,"type":"CRM_Sync","timestamp":"2025-02-09T12:01:30","valid":true}',
  );
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
