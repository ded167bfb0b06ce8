import { KnownReasons } from '../../functions/sweep/known-reasons.ts';
import { aGap, minuteMs, noon } from '../support/builders.ts';

const gap = aGap({ from: 5, to: 6 });
const reason = { why: 'too few events are known around the gap to infer what is missing', isDoubtful: false };
const waiting = { gaveUpAtMs: noon };

test('the reason of a gap is known while no letter may be sent, and not when the letter is due', () => {
  const reasons = new KnownReasons();
  expect(reasons.note(gap, reason, noon + minuteMs)).toBe(reason);
  expect(reasons.of(gap, waiting, noon + 10 * minuteMs - 1)).toBe(reason);
  expect(reasons.of(gap, waiting, noon + 10 * minuteMs)).toBeUndefined();
  expect(reasons.of(gap, { gaveUpAtMs: undefined }, noon + 2 * minuteMs)).toBeUndefined();
});

test('a reason is known for ten minutes at most, and only of the gap that was judged', () => {
  const reasons = new KnownReasons();
  reasons.note(gap, reason, noon);
  expect(reasons.of(gap, { gaveUpAtMs: noon + 10 * minuteMs }, noon + 10 * minuteMs)).toBeUndefined();
  expect(reasons.of({ ...gap, foundAtMs: gap.foundAtMs + 1 }, waiting, noon)).toBeUndefined();
  expect(reasons.of({ ...gap, stream: 'users' }, waiting, noon)).toBeUndefined();
});

test('a gap without a reason is judged at each tick', () => {
  const reasons = new KnownReasons();
  expect(reasons.note(gap, undefined, noon)).toBeUndefined();
  expect(reasons.of(gap, waiting, noon)).toBeUndefined();
});
