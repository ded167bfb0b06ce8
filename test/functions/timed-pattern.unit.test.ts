import { SlowPatternError, timedPattern } from '../../functions/timed-pattern.ts';

test('a pattern is tested', () => {
  const test = timedPattern(/ana@example\.com/u, 10_000);
  expect([test('to ana@example.com'), test('to bea@example.com'), test('')]).toEqual([true, false, false]);
});

test('a pattern that would take years on some text is stopped, and can be tested on another text', () => {
  const test = timedPattern(/(a+)+$/u, 50);
  expect(() => test(`${'a'.repeat(60)}!`)).toThrow(SlowPatternError);
  expect(test('a')).toBe(true);
});
