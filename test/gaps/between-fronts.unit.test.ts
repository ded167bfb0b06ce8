import { betweenFronts } from '../../shared/gaps/between-fronts.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { aPiece, aProgress, minuteMs, noon, settingsWith } from '../support/builders.ts';

const settings = settingsWith({ graceMs: minuteMs, resendTimeoutMs: 5 * minuteMs });
const lower = aPiece({ from: 1, to: 400 });
const upper = (grewAfterMs: number) => aPiece({ from: 5_000, to: 5_100, atMs: noon + grewAfterMs });

function rangesOf(progress: Partial<Progress>) {
  return betweenFronts(aProgress(progress), settings).ranges;
}

test('the range between two fronts is reported when the upper one grew a grace and a resend timeout later', () => {
  expect(rangesOf({ pieces: [lower, upper(6 * minuteMs - 1)] })).toEqual([]);
  expect(rangesOf({ pieces: [lower, upper(6 * minuteMs)] })).toEqual([{ from: 401, to: 4_999 }]);
});

test('it is reported once in the life of the upper front, however it grows', () => {
  const { progress } = betweenFronts(aProgress({ pieces: [lower, upper(6 * minuteMs)] }), settings);
  const grown = [lower, aPiece({ from: 4_500, to: 5_200, atMs: noon + 60 * minuteMs })];
  expect(betweenFronts({ ...progress, pieces: grown }, settings)).toEqual({
    progress: { ...progress, pieces: grown },
    ranges: [],
  });
});

test('the same progress is returned if nothing is reported', () => {
  const progress = aProgress({ pieces: [lower, upper(0)] });
  expect(betweenFronts(progress, settings).progress).toBe(progress);
});

test('each range of several fronts is reported on its own', () => {
  const third = aPiece({ from: 9_000, to: 9_010, atMs: noon + 60 * minuteMs });
  const { progress, ranges } = betweenFronts(aProgress({ pieces: [lower, upper(6 * minuteMs), third] }), settings);
  expect(ranges).toEqual([
    { from: 401, to: 4_999 },
    { from: 5_101, to: 8_999 },
  ]);
  expect(progress.told).toEqual([5_100, 9_010]);
});

test('outliers are no fronts: they neither split a range nor end it', () => {
  const outlier = aPiece({ from: 900, to: 900 });
  expect(rangesOf({ pieces: [lower, outlier, upper(6 * minuteMs)] })).toEqual([{ from: 401, to: 4_999 }]);
  expect(rangesOf({ pieces: [lower, aPiece({ from: 9_000, to: 9_000, atMs: noon + 60 * minuteMs })] })).toEqual([]);
});

test('a range whose lowest id is forgotten is not reported', () => {
  const pieces = [lower, upper(6 * minuteMs)];
  expect(rangesOf({ pieces, forgotten: [{ from: 401, to: 600 }] })).toEqual([]);
  expect(rangesOf({ pieces, forgotten: [{ from: 4_000, to: 4_999 }] })).toHaveLength(1);
});

test('with a step it begins and ends with an expected id', () => {
  const pieces = [aPiece({ from: 0, to: 400 }), aPiece({ from: 5_000, to: 5_100, atMs: noon + 60 * minuteMs })];
  const { ranges } = betweenFronts(aProgress({ pieces }), { ...settings, numbering: { step: 10 } });
  expect(ranges).toEqual([{ from: 410, to: 4_990 }]);
});
