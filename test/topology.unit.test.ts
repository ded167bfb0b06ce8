import { matchesFilter } from '../shared/messages/filter.ts';
import { encodeAttributes } from '../shared/messages/attributes.ts';
import { systemNames, type SystemName } from '../shared/record-kinds.ts';
import topology from '../shared/topology.json' with { type: 'json' };
import {
  concurrencyOf,
  functionNames,
  subscriptionNames,
  subscriptions,
  subscriptionsOf,
  topicNames,
  type FunctionName,
} from '../shared/topology.ts';

const all = subscriptionNames.map((name) => ({ name, ...subscriptions[name] }));
const publishers: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  topicNames.map((name) => [name, topology.topics[name].publishers]),
);

/** The topics that someone may publish to. */
function topicsOf(publisher: string): string[] {
  return topicNames.filter((name) => publishers[name]?.includes(publisher)).sort();
}

describe('who publishes where', () => {
  test('producers publish to events alone, and nobody else does but the probe', () => {
    expect(topicsOf('producers')).toEqual(['events']);
    expect(publishers.events).toEqual(['producers', 'probe']);
  });

  test('the probe publishes what a producer would, what an operator replays, and poison', () => {
    expect(topicsOf('probe')).toEqual(['events', 'mended-events', 'probe-poison']);
    expect(publishers['probe-poison']).toEqual(['probe']);
  });

  test('only Eventmend itself publishes to mended-events, whose provenance is believed', () => {
    expect([...(publishers['mended-events'] ?? [])].sort()).toEqual([
      'console',
      'probe',
      'recheck',
      'reconstruct',
      'sweep',
      'verify',
    ]);
  });

  test.each([
    ['validate', ['dead-letter-queue', 'validated-events']],
    ['verify', ['mended-events']],
    ['reconstruct', ['dead-letter-queue', 'mended-events', 'reprocess-requests']],
    ['archive', []],
    ['console', ['mended-events', 'sweeps']],
    ['recheck', ['mended-events']],
    ['dataflow', ['anomalies']],
    ['reporters', ['reported-totals']],
    ['store', []],
    ['pubsub', ['dead-letter-queue']],
  ])('%s publishes to what it sends on, and to nothing else', (name, topics) => {
    expect(topicsOf(name)).toEqual(topics);
  });

  test('track publishes clean events, suspects and dead letters', () => {
    expect(topicsOf('track')).toEqual(
      expect.arrayContaining(['cleaned-events', 'dead-letter-queue', 'suspect-events']),
    );
  });

  test('sweep publishes ticks, requests, dead letters, and replays that the console has left', () => {
    expect(topicsOf('sweep')).toEqual(['dead-letter-queue', 'mended-events', 'reprocess-requests', 'sweeps']);
  });
});

describe('a subscription', () => {
  const triggers: Readonly<Record<FunctionName, readonly string[]>> = {
    validate: ['events', 'mended-events', 'probe-poison'],
    track: ['validated-events'],
    verify: ['suspect-events'],
    sweep: ['sweeps'],
    reconstruct: ['reprocess-requests'],
    archive: ['dead-letter-queue'],
    store: ['cleaned-events'],
    recheck: ['anomalies'],
    console: [],
  };

  test.each(functionNames.map((name) => [name, triggers[name]] as const))(
    '%s is triggered by its topics',
    (name, topics) => {
      expect([...new Set(subscriptionsOf(name).map((subscription) => subscriptions[subscription].topic))]).toEqual(
        topics,
      );
    },
  );

  test.each(all)('$name is of a topic that there is', ({ topic }) => {
    expect(topicNames).toContain(topic);
  });

  test.each(all)('$name keeps to the limits of Pub/Sub', (subscription) => {
    const { ackDeadlineSeconds, backoffSeconds, maxDeliveryAttempts = 5 } = subscription;
    expect(ackDeadlineSeconds).toBeGreaterThanOrEqual(10);
    expect(ackDeadlineSeconds).toBeLessThanOrEqual(600);
    expect(backoffSeconds.min).toBeGreaterThanOrEqual(0);
    expect(backoffSeconds.min).toBeLessThanOrEqual(backoffSeconds.max);
    expect(backoffSeconds.max).toBeLessThanOrEqual(600);
    expect(maxDeliveryAttempts).toBeGreaterThanOrEqual(5);
    expect(maxDeliveryAttempts).toBeLessThanOrEqual(100);
  });

  test.each(all)('$name has a filter that Eventmend reads, if it has one', ({ filter }) => {
    expect(() => matchesFilter(filter, {})).not.toThrow();
  });

  test.each(all)('$name: its function serves at least one request at a time', (subscription) => {
    expect(concurrencyOf(subscription.function)).toBeGreaterThanOrEqual(1);
  });

  test('has no more than the 256 characters that Pub/Sub allows a filter', () => {
    expect(all.filter(({ filter = '' }) => filter.length > 256)).toEqual([]);
  });
});

test('an outage does not fill the dead-letter queue: where there is an end to patience at all, it is fifteen hours away', () => {
  // Poison is to end quickly: nobody's event is lost with it.
  const patient = all.filter(({ maxDeliveryAttempts, topic }) => maxDeliveryAttempts && topic !== 'probe-poison');
  expect([...new Set(patient.map(({ topic }) => topic))].sort()).toEqual([
    'events',
    'mended-events',
    'validated-events',
  ]);
  for (const { backoffSeconds, maxDeliveryAttempts = 0 } of patient) {
    const waits = Array.from({ length: maxDeliveryAttempts - 1 }, (_, i) =>
      Math.min(backoffSeconds.max, backoffSeconds.min * 2 ** i),
    );
    expect(waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(15 * 3_600);
  }
});

test('reconstruct hears what is to be inferred and compared: what is to be resent is for producers', () => {
  const filters = subscriptionsOf('reconstruct').map((name) => subscriptions[name].filter);
  const hears = (phase: string) => filters.map((filter) => matchesFilter(filter, { phase, stream: 'orders' }));
  expect([hears('infer'), hears('reconcile')]).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(hears('resend')).toEqual([false, false]);
});

test('each suspect event has one subscription: that of its system of record, or the one for events without a system', () => {
  const names = subscriptionsOf('verify');
  const systems: readonly (SystemName | undefined)[] = [...systemNames, undefined];
  const heardBy = systems.map((system) => {
    const attributes = encodeAttributes<'suspect-events'>({ system });
    return names.filter((name) => matchesFilter(subscriptions[name].filter, attributes));
  });
  expect(heardBy).toEqual(
    systems.map((system) => [`verify-suspect-events${system === undefined ? '' : `-${system}`}`]),
  );
});

test('poison is given up after the fewest attempts that Pub/Sub allows', () => {
  expect(subscriptions['validate-probe-poison']).toMatchObject({ topic: 'probe-poison', maxDeliveryAttempts: 5 });
});
