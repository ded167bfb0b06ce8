import { adviceFor } from '../../../cli/clean/advice.ts';
import type { Summary } from '../../../cli/clean/books.ts';
import type { EventSample } from '../../../cli/init/recognise-format.ts';
import { makeSources } from '../../../shared/sources/sources.ts';

const summary = { received: 3, deadLettered: 3, duplicates: 0 } as Summary;
const samplesOf = (...events: readonly unknown[]): EventSample[] =>
  events.map((event) => ({ data: Buffer.from(JSON.stringify(event)) }));

describe('the advice on a file most of whose events are refused', () => {
  test('names their format', () => {
    const stripe = { id: 'evt_1', object: 'event', type: 'a', created: 1 };
    expect(adviceFor(summary, 'in.json', samplesOf(stripe, stripe))).toBe(
      'these look like Stripe events: --format stripe',
    );
  });

  test('names the array that the events are in', () => {
    const page = { next: null, result: { 'all/events': [{ event_id: 1 }] } };
    expect(adviceFor(summary, 'in.json', samplesOf(page))).toBe(
      'the events look nested in an array at /result/all~1events: --at /result/all~1events',
    );
  });

  test('names members that look like the missing fields', () => {
    const own = { eventId: 7, kind: 'A', occurred_at: '2025-06-15T14:00:00Z' };
    expect(adviceFor(summary, 'in.json', samplesOf(own))).toContain(
      'these look like events with event_id at /eventId, type at /kind, timestamp at /occurred_at',
    );
  });

  test('names another format than the one that they were read by, or the default format', () => {
    const read = makeSources(new Map([['pay', { fields: { preset: 'hubspot' as const } }]])).find('pay');
    const stripe = samplesOf({ id: 'evt_1', object: 'event', type: 'a', created: 1 });
    expect(adviceFor(summary, 'in.json', stripe, read)).toBe('these look like Stripe events: --format stripe');
    const plain = { event_id: 1, type: 'A', timestamp: '2025-06-15T14:00:00Z' };
    expect(adviceFor(summary, 'in.json', samplesOf(plain), read)).toBe(
      'these look like events of the default format: --source events',
    );
    expect(adviceFor(summary, 'in.json', samplesOf({ ConferenceSid: 'CF1', FriendlyName: 'x' }), read)).toBeUndefined();
    const broken = samplesOf({ eventId: 1, subscriptionType: 'a', occurredAt: 'soon' });
    expect(adviceFor(summary, 'in.json', broken, read)).toBeUndefined();
  });

  test.each([
    [
      'integers as texts, as BigQuery exports them',
      { event_id: '7', type: 'A', timestamp: '2025-06-15 14:00:00 UTC' },
      'event_id as a text of digits',
    ],
    ['no numbers', { uuid: 'u-1', type: 'A', timestamp: '2025-06-15T14:00:00Z' }, 'a uuid and no number'],
  ])('names %s, and the command that writes a catalog for them', (_, event, found) => {
    expect(adviceFor(summary, 'in.json', samplesOf(event, event))).toBe(
      `these look like events with ${found}: npx eventmend init --file in.json writes a catalog that reads them`,
    );
  });

  test('is left out if nothing is known, and if at most half of the events are refused', () => {
    expect(adviceFor(summary, 'in.json', [{ data: Buffer.from('junk') }])).toBeUndefined();
    const stripe = samplesOf({ id: 'evt_1', object: 'event', type: 'a', created: 1 });
    expect(adviceFor({ ...summary, received: 6 }, 'in.json', stripe)).toBeUndefined();
    expect(adviceFor({ ...summary, duplicates: 2 }, 'in.json', stripe)).toBeUndefined();
  });
});
