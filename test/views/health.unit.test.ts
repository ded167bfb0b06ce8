import { concernsOf, type HealthFacts } from '../../shared/views/health.ts';
import { gapsView } from '../../shared/views/gap-view.ts';
import { aGap, noon } from '../support/builders.ts';

const minuteMs = 60_000;
const noLetters = { open: 0, isMore: false, lastHour: 0, mostCode: undefined, oldestOpenMs: undefined };

function textsOf(facts: Partial<HealthFacts>): readonly string[] {
  const none = { nowMs: noon, streams: [], gaps: [], reconciliations: [], letters: noLetters };
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

test('the stream of the probe does not count', () => {
  expect(textsOf({ gaps: [gapsOf('eventmend-probe', noon - 60 * minuteMs)] })).toEqual([]);
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
    '10,000+ dead letters open · 3 in the last hour, most ERR_CONFLICT · the oldest waits for 3 h',
    'stream pay: no comparison with stripe since 5 min ago: stripe: answered 500',
  ]);
});
