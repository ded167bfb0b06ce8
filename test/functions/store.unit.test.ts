import fc from 'fast-check';
import { makeStore } from '../../functions/store/handler.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { EmbeddedCleanEventStore } from '../../shared/embedded/clean-event-store.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { RetryableError } from '../../shared/errors.ts';
import { unreliable, type Fault } from '../../shared/embedded/faults.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { aDelivery, aMessage, atOnce } from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';

function aStore(faultOf: (method: string) => Fault = () => 'none') {
  const events = new EmbeddedCleanEventStore(atOnce);
  const errors: string[] = [];
  const log = new EmbeddedLog((message, error) => errors.push(`${message}: ${String(error)}`));
  const { handler: store } = makeStore(portsInMemory({ events: unreliable('events', events, faultOf), log }));
  const take = (content: string, attributes: Attributes) =>
    store(aDelivery({ topic: 'cleaned-events', content, attributes }));
  return { events, errors, take };
}

test('a clean event is kept under its key, as it came', async () => {
  const { events, take } = aStore();
  await take('{"a":1.0}', { idempotency_key: 'orders/7', origin: 'producer' });
  expect(events.find('orders/7')).toEqual({
    event: aMessage('{"a":1.0}', { idempotency_key: 'orders/7', origin: 'producer' }),
  });
});

test('an event and a tombstone expire when the setting storedMs of their stream says, and without it never', async () => {
  const stored: unknown[][] = [];
  const note = (what: string) => (key: string, _: unknown, expireAtMs?: number) => {
    stored.push([what, key, expireAtMs]);
    return Promise.resolve();
  };
  const events = Object.assign(new EmbeddedCleanEventStore(atOnce), { put: note('put'), bury: note('bury') });
  const storedMs = 30 * 24 * 3_600_000;
  const ports = portsInMemory({ events, catalog: makeCatalog({ streams: { clicks: { storedMs } } }) });
  const { handler: store } = makeStore(ports);
  const take = (attributes: Attributes) => store(aDelivery({ topic: 'cleaned-events', content: '{}', attributes }));
  await take({ stream: 'clicks', idempotency_key: 'clicks/2', supersedes: 'clicks/1' });
  await take({ stream: 'orders', idempotency_key: 'orders/7' });
  const atMs = ports.clock.now() + storedMs;
  expect(stored).toEqual([
    ['bury', 'clicks/1', atMs],
    ['put', 'clicks/2', atMs],
    ['put', 'orders/7', undefined],
  ]);
});

test('a second copy of an event changes nothing', async () => {
  const { events, take } = aStore();
  await take('first', { idempotency_key: 'orders/7' });
  await take('second', { idempotency_key: 'orders/7' });
  expect(events.find('orders/7')).toEqual({ event: aMessage('first', { idempotency_key: 'orders/7' }) });
});

/** An inference, the original that came after all, and two contents by which an operator replaced it. */
const generations = [
  { idempotency_key: 'orders/7/inferred' },
  { idempotency_key: 'orders/7', supersedes: 'orders/7/inferred' },
  { idempotency_key: 'orders/7/r1', supersedes: 'orders/7' },
  { idempotency_key: 'orders/7/r2', supersedes: 'orders/7/r1' },
];

test('in whatever order events arrive, and however often, those that others supersede leave a tombstone', async () => {
  const arrivals = fc
    .array(fc.nat({ max: 3 }), { maxLength: 6 })
    .chain((again) => fc.shuffledSubarray([0, 1, 2, 3, ...again], { minLength: 4 + again.length }));
  await fc.assert(
    fc.asyncProperty(arrivals, async (order) => {
      const { events, take } = aStore();
      for (const i of order) await take(String(i), generations[i]!);
      expect(generations.map(({ idempotency_key: key }) => events.find(key))).toEqual([
        { supersededBy: 'orders/7' },
        { supersededBy: 'orders/7/r1' },
        { supersededBy: 'orders/7/r2' },
        { event: aMessage('3', generations[3]) },
      ]);
    }),
  );
});

test('an event whose store fails half way is complete once it is delivered again', async () => {
  const faults: Fault[] = ['none', 'fails'];
  const { events, take } = aStore(() => faults.shift() ?? 'none');
  await expect(take('1', generations[1]!)).rejects.toThrow(RetryableError);
  await take('1', generations[1]!);
  expect(events.find('orders/7/inferred')).toEqual({ supersededBy: 'orders/7' });
  expect(events.find('orders/7')).toEqual({ event: aMessage('1', generations[1]) });
});

test('a message without a key is not one that track publishes: it is logged as an error, and does not come again', async () => {
  const { errors, take } = aStore((method) => {
    throw new Error(`the store was asked to ${method}`);
  });
  await take('{}', { stream: 'orders' });
  expect(errors).toEqual([
    'a message could not be read: InvariantError: message 1 on cleaned-events: it has no idempotency_key',
  ]);
});
