import { concernsOf, type HealthFacts } from '../../shared/views/health.ts';
import { gapsView } from '../../shared/views/gap-view.ts';
import type { StreamView } from '../../shared/views/stream-view.ts';
import { aGap, noon } from '../support/builders.ts';

const minuteMs = 60_000;
const noLetters = { open: 0, isMore: false, lastHour: 0, mostCode: undefined, oldestOpenMs: undefined };

function textsOf(facts: Partial<HealthFacts>): readonly string[] {
  const none = { nowMs: noon, streams: [], gaps: [], reconciliations: [], letters: noLetters, books: [] };
  return concernsOf({ ...none, ...facts }).map(({ text }) => text);
}

function gapsOf(stream: string, deadlineMs: number, doubt?: string) {
  const gap = aGap({ stream, state: 'requested', requestedAtMs: noon - 60 * minuteMs, deadlineMs });
  const present = new Map([[gap.from, { missing: 1, doubt }]]);
  const rows = { unresolved: [gap], unresolvedCount: 1, listed: [], unreadable: [] };
  return gapsView({ stream, ...rows, present, isRecovered: true, limit: 9 });
}

test('all is well while gaps are within their deadlines, and ten minutes after', () => {
  expect(textsOf({ gaps: [gapsOf('orders', noon - 9 * minuteMs)] })).toEqual([]);
});

test('a gap that is overdue needs someone, and so does one that looks as if holes were normal', () => {
  expect(textsOf({ gaps: [gapsOf('orders', noon - 11 * minuteMs, 'holes')] })).toEqual([
    'stream orders: 1 gap past the deadline by 10 min or more: do sweep and reconstruct run?',
    'stream orders: 1 doubtful gap: are holes normal in it?',
  ]);
});

test('a stream that was never swept needs someone, unless it has only just begun or has no numbers', () => {
  const view = { stream: 'orders', sweptAt: undefined } as StreamView;
  const begun = (beforeMs: number) => ({ ...view, beganAt: new Date(noon - beforeMs).toISOString() });
  const fact = 'stream orders: no sweep has come yet. Is the scheduler job running?';
  expect(textsOf({ streams: [begun(minuteMs)] })).toEqual([]);
  expect(textsOf({ streams: [begun(3 * minuteMs)] })).toEqual([fact]);
  expect(textsOf({ streams: [view] })).toEqual([fact]);
  expect(textsOf({ streams: [{ ...view, unnumbered: {} as StreamView['unnumbered'] }] })).toEqual([]);
});

test('books that do not balance come first, and so does a finding in books that do', () => {
  const books = [
    { stream: 'orders', difference: 1, findings: ['missing: 2'] },
    { stream: 'pay', difference: 0, findings: ['a row cannot be read'] },
    { stream: 'leads', difference: 0, findings: [] },
  ];
  const letters = { ...noLetters, open: 1, oldestOpenMs: noon - minuteMs };
  expect(textsOf({ books, letters })).toEqual([
    'stream orders: the books do not balance: 1 id in no place, or in two',
    'stream pay: a row cannot be read',
    '1 dead letter is open; it is 1 min old',
  ]);
});

test('the stream of the probe does not count', () => {
  const books = [{ stream: 'eventmend-probe', difference: 3, findings: [] }];
  expect(textsOf({ books, gaps: [gapsOf('eventmend-probe', noon - 60 * minuteMs)] })).toEqual([]);
});

test('open letters come first, with the oldest, and a comparison that cannot go on says why', () => {
  const letters = {
    open: 10_000,
    isMore: true,
    lastHour: 3,
    mostCode: 'ERR_CONFLICT',
    oldestOpenMs: noon - 180 * minuteMs,
  };
  const trouble = { what: 'stripe: answered 500', since: new Date(noon - 5 * minuteMs).toISOString() };
  const reconciliations = [{ stream: 'pay', list: 'stripe', missing: 0, unreadable: 0, trouble }];
  expect(textsOf({ letters, reconciliations })).toEqual([
    '10,000+ dead letters are open; new in the last hour: 3, most often ERR_CONFLICT; the oldest is 3 h old',
    'stream pay: no comparison with stripe for 5 min: stripe: answered 500',
  ]);
});
