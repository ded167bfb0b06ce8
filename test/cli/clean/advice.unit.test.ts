import { adviceFor } from '../../../cli/clean/advice.ts';
import type { Summary } from '../../../cli/clean/books.ts';
import type { EventSample } from '../../../cli/init/recognise-format.ts';
import type { Source } from '../../../shared/sources/source.ts';
import { makeSources } from '../../../shared/sources/sources.ts';

const summary = { received: 3, deadLettered: 3, duplicates: 0 } as Summary;
const samplesOf = (...events: readonly unknown[]): EventSample[] =>
  events.map((event) => ({ data: Buffer.from(JSON.stringify(event)) }));

/** Returns the advice on a file of which these events were refused. */
function adviceOn(...[outcome, file, refused, readBy]: [Summary, string, readonly EventSample[], Source?]) {
  return adviceFor(outcome, file, { refused, clean: [] }, readBy);
}

describe('the advice on a file most of whose events are refused', () => {
  test('names their format', () => {
    const stripe = { id: 'evt_1', object: 'event', type: 'a', created: 1 };
    expect(adviceOn(summary, 'in.json', samplesOf(stripe, stripe))).toBe(
      'these look like Stripe events: --format stripe',
    );
  });

  test('names the array that the events are in', () => {
    const page = { next: null, result: { 'all/events': [{ event_id: 1 }] } };
    expect(adviceOn(summary, 'in.json', samplesOf(page))).toBe(
      'the events look nested in an array at /result/all~1events: --at /result/all~1events',
    );
  });

  test('names members that look like the missing fields', () => {
    const own = { eventId: 7, kind: 'A', occurred_at: '2025-06-15T14:00:00Z' };
    expect(adviceOn(summary, 'in.json', samplesOf(own))).toContain(
      'these look like events with event_id at /eventId, type at /kind, timestamp at /occurred_at',
    );
  });

  test('names another format than the one that they were read by, or the default format', () => {
    const read = makeSources(new Map([['pay', { fields: { preset: 'hubspot' as const } }]])).find('pay');
    const stripe = samplesOf({ id: 'evt_1', object: 'event', type: 'a', created: 1 });
    expect(adviceOn(summary, 'in.json', stripe, read)).toBe('these look like Stripe events: --format stripe');
    const plain = { event_id: 1, type: 'A', timestamp: '2025-06-15T14:00:00Z' };
    expect(adviceOn(summary, 'in.json', samplesOf(plain), read)).toBe(
      'these look like events of the default format: --source events',
    );
    expect(adviceOn(summary, 'in.json', samplesOf({ ConferenceSid: 'CF1', FriendlyName: 'x' }), read)).toBeUndefined();
    const broken = samplesOf({ eventId: 1, subscriptionType: 'a', occurredAt: 'soon' });
    expect(adviceOn(summary, 'in.json', broken, read)).toBeUndefined();
  });

  test.each([
    [
      'integers as texts, as BigQuery exports them',
      { event_id: '7', type: 'A', timestamp: '2025-06-15 14:00:00 UTC' },
      'event_id as a text of digits',
    ],
    ['no numbers', { uuid: 'u-1', type: 'A', timestamp: '2025-06-15T14:00:00Z' }, 'a uuid and no number'],
  ])('names %s, and the command that writes a catalog for them', (_, event, found) => {
    expect(adviceOn(summary, 'in.json', samplesOf(event, event))).toBe(
      `these look like events with ${found}: npx eventmend init --file in.json writes a catalog that reads them`,
    );
  });

  test('is left out if nothing is known, and if at most half of the events are refused', () => {
    expect(adviceOn(summary, 'in.json', [{ data: Buffer.from('junk') }])).toBeUndefined();
    const stripe = samplesOf({ id: 'evt_1', object: 'event', type: 'a', created: 1 });
    expect(adviceOn({ ...summary, received: 6 }, 'in.json', stripe)).toBeUndefined();
    expect(adviceOn({ ...summary, duplicates: 2 }, 'in.json', stripe)).toBeUndefined();
  });
});

describe('the advice on a file of clean events', () => {
  const outcome = { ...summary, deadLettered: 0 };
  const event = { specversion: '1.0', id: 'a', source: '/s', type: 't', sequence: '7' };
  const data = Buffer.from(JSON.stringify(event));

  test('says that they have numbers which were not read', () => {
    expect(adviceFor(outcome, 'in.json', { refused: [], clean: [{ data, attributes: {} }] })).toBe(
      'these CloudEvents have numbers that were not read, so no missing event is found: npx eventmend init --file in.json writes a catalog that reads them',
    );
  });

  test('is left out if their numbers were read, or if they have none', () => {
    const unnumbered = Buffer.from(JSON.stringify({ ...event, sequence: undefined }));
    for (const clean of [[{ data, attributes: { event_id: '7' } }], [{ data: unnumbered, attributes: {} }], []])
      expect(adviceFor(outcome, 'in.json', { refused: [], clean })).toBeUndefined();
  });
});
