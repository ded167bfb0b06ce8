import { gapsView, type GapsState } from '../../shared/views/gap-view.ts';
import type { UnresolvedGap } from '../../shared/views/unresolved-gaps.ts';
import type { GapState } from '../../shared/gaps/gap.ts';
import { aGap, noon } from '../console/builders.ts';

function view({ unresolved = [], ...state }: Partial<GapsState>) {
  const none = {
    stream: 'orders',
    listed: [],
    unreadable: [],
    present: new Map<number, UnresolvedGap>(),
    isRecovered: true,
    limit: 10,
  };
  return gapsView({ ...none, unresolved, unresolvedCount: unresolved.length, ...state });
}

test('shows what was asked, until when, and what is missing by now', () => {
  const gap = aGap({
    from: 5,
    to: 8,
    state: 'requested',
    requestedAtMs: noon + 1_000,
    deadlineMs: noon + 2_000,
    inferRequestedAtMs: noon + 3_000,
  });
  expect(
    view({ unresolved: [gap], present: new Map([[5, { missing: 3, doubt: 'the numbers around have holes' }]]) }).gaps,
  ).toEqual([
    {
      from: 5,
      to: 8,
      ids: 4,
      state: 'requested',
      states: ['requested'],
      foundAt: '2025-02-09T12:00:00.000Z',
      resendAskedAt: '2025-02-09T12:00:01.000Z',
      deadline: '2025-02-09T12:00:02.000Z',
      inferenceAskedAt: '2025-02-09T12:00:03.000Z',
      missing: 3,
      doubt: 'the numbers around have holes',
      resolvedAt: undefined,
    },
  ]);
});

test('the unresolved come first, lowest id first; then what wants attention, newest first', () => {
  const states: readonly GapState[] = ['filled', 'open', 'abandoned', 'requested', 'voided', 'reconstructed', 'filled'];
  const gaps = states.map((state, i) => aGap({ from: i, to: i, state }));
  const unresolved = [
    aGap({ from: 20, to: 20 }),
    ...gaps.filter(({ state }) => state === 'open' || state === 'requested'),
  ];
  const shown = view({ unresolved, listed: gaps }).gaps.map(({ from, state }) => `${state} ${from}`);
  expect(shown).toEqual([
    'open 1',
    'open 20',
    'requested 3',
    'abandoned 2',
    'reconstructed 5',
    'voided 4',
    'filled 6',
    'filled 0',
  ]);
});

test('a gap of which some ids were inferred and others given up has both states, also where a row does not say how many', () => {
  const listed = [
    aGap({ from: 9, to: 12, state: 'abandoned', method: 'context', inferred: 2, missing: 2 }),
    aGap({ from: 7, to: 8, state: 'abandoned', method: 'context' }),
    aGap({ from: 3, to: 5, state: 'abandoned', method: 'context', inferred: 0, missing: 1 }),
    aGap({ from: 1, to: 1, state: 'abandoned' }),
  ];
  expect(view({ listed }).gaps.map(({ states }) => states)).toEqual([
    ['abandoned', 'reconstructed'],
    ['abandoned', 'reconstructed'],
    ['abandoned'],
    ['abandoned'],
  ]);
});

test('a gap that was resolved between the two reads is shown once', () => {
  const { gaps } = view({ unresolved: [aGap()], listed: [aGap({ state: 'filled' })] });
  expect(gaps.map(({ state }) => state)).toEqual(['open']);
});

test('beyond the limit the rest is left out, said to be there, and still counted', () => {
  const unresolved = [1, 2, 3].map((from) => aGap({ from, to: from }));
  const { gaps, isCut, unresolved: count } = view({ unresolved, limit: 2 });
  expect([gaps.length, isCut, count]).toEqual([2, true, 3]);
});

test('unresolved gaps that were not read are counted, and said to be left out', () => {
  const unresolved = [1, 2].map((from) => aGap({ from, to: from }));
  const { gaps, isCut, unresolved: count } = view({ unresolved, unresolvedCount: 80_000, limit: 2 });
  expect([gaps.length, isCut, count]).toEqual([2, true, 80_000]);
});

test('nothing is said to be left out where all is shown', () => {
  expect(view({ unresolved: [aGap({ from: 1 })], listed: [aGap({ from: 1 })], limit: 1 }).isCut).toBe(false);
});
