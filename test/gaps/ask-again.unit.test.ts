import { askRefusal, requestsAgain, withAskedAgain } from '../../shared/gaps/ask-again.ts';
import { decodeTick, writeAsk } from '../../shared/gaps/tick.ts';
import { aGap, aProgress, minuteMs, noon, settingsWith } from '../support/builders.ts';

const settings = settingsWith({ resendTimeoutMs: minuteMs });
const givenUp = aGap({ from: 5, to: 500, state: 'abandoned', missing: 300 });

test('a gap with very many holes is asked for in fifty requests, from its first to its last missing id', () => {
  const holes = Array.from({ length: 200 }, (_, i) => ({ from: 5 + 2 * i, to: 5 + 2 * i }));
  const requests = requestsAgain(withAskedAgain(givenUp, noon, settings), holes);
  expect(requests).toHaveLength(50);
  expect([requests[0]?.from, requests.at(-1)?.to]).toEqual([5, 403]);
});

test.each([
  ['only lists its gaps', { recover: false }],
  ['has holes that are normal', { numbering: { holes: 'normal' } }],
] as const)('nobody is asked in a stream that %s', (_, over) => {
  expect(askRefusal(givenUp, aProgress(), noon, { ...settings, ...over })).toBe('only-listed');
});

test('nobody is asked for numbers of a numbering that was reset, or that a sweep has forgotten', () => {
  const reset = { from: 1, atMs: noon + 1 };
  expect(askRefusal(givenUp, aProgress(), noon, { ...settings, reset })).toBe('forgotten');
  expect(askRefusal(givenUp, aProgress({ forgotten: [{ from: 1, to: 5 }] }), noon, settings)).toBe('forgotten');
  expect(askRefusal(givenUp, aProgress(), noon, settings)).toBeUndefined();
});

test('the row that records a reset is no gap', () => {
  expect(askRefusal({ ...givenUp, isReset: true }, aProgress(), noon, settings)).toBe('not-missing');
});

test('a message that asks again names a stream and the first id of a gap', () => {
  expect(decodeTick(writeAsk('orders', 5).attributes)).toEqual({ stream: 'orders', index: undefined, askFrom: 5 });
  for (const attributes of [{ ask: 'true' }, { stream: 'orders', ask: 'true' }, { stream: 'orders', from: '5' }])
    expect(decodeTick(attributes)).toMatch(/^ask/);
});
