import { forget } from '../../shared/gaps/forget.ts';
import { maxForgotten } from '../../shared/gaps/progress.ts';
import { aPiece, aProgress, dayMs, idsFrom, minuteMs, noon, settingsWith } from '../support/builders.ts';

const settings = settingsWith();
const old = { sinceMs: noon - 14 * dayMs };

test('a piece is forgotten a window after the earliest time at which its events may have come', () => {
  const progress = aProgress({ pieces: [aPiece({ sinceMs: noon - 14 * dayMs + 1 })] });
  expect(forget(progress, noon, settings)).toEqual({ progress, unscanned: [] });
  expect(forget(progress, noon + 1, settings)).toEqual({
    progress: { ...progress, pieces: [], forgotten: [{ from: 1, to: 9 }] },
    unscanned: [],
  });
});

test('so is the range of a dropped front; until then it is kept', () => {
  const dropped = [
    { from: 100, to: 109, sinceMs: noon - 14 * dayMs },
    { from: 200, to: 209, sinceMs: noon - 14 * dayMs + 1 },
  ];
  const progress = aProgress({ dropped, hasDropped: true });
  const { progress: after, unscanned } = forget(progress, noon, settings);
  expect(after).toMatchObject({ forgotten: [{ from: 100, to: 109 }], dropped: [dropped[1]], pieces: progress.pieces });
  expect(unscanned).toEqual([]);
});

test('the same progress is returned if nothing is forgotten', () => {
  const progress = aProgress();
  expect(forget(progress, noon, settings).progress).toBe(progress);
});

test('the other pieces stay, and forgotten ranges that adjoin are joined', () => {
  const young = aPiece({ from: 21, to: 30 });
  const pieces = [aPiece({ from: 10, to: 15, ...old }), aPiece({ from: 16, to: 20, ...old }), young];
  const { progress } = forget(aProgress({ pieces, forgotten: [{ from: 1, to: 9 }] }), noon, settings);
  expect(progress).toMatchObject({ pieces: [young], forgotten: [{ from: 1, to: 20 }] });
});

test('numbers in which no sweep looked for holes are reported, joined, but no outlier is', () => {
  const pieces = [
    aPiece({ from: 1, to: 4, ...old }),
    aPiece({ from: 5, to: 7, ...old, isScanned: false }),
    aPiece({ from: 8, to: 8, ...old, isScanned: false }),
    aPiece({ from: 500, to: 500, ...old, isScanned: false }),
    aPiece({ from: 900, to: 901, isScanned: false }),
  ];
  const { progress, unscanned } = forget(aProgress({ pieces }), noon, settings);
  expect(unscanned).toEqual([{ from: 5, to: 8 }]);
  expect(progress.forgotten).toEqual([
    { from: 1, to: 8 },
    { from: 500, to: 500 },
  ]);
});

test('the nearest ranges are joined if there are too many', () => {
  const starts = idsFrom(0, maxForgotten).map((i) => 1_000 * i + 10 * i * i);
  const pieces = starts.map((from) => aPiece({ from, to: from + 1, ...old }));
  const { forgotten } = forget(aProgress({ pieces }), noon + minuteMs, settings).progress;
  expect(forgotten).toHaveLength(maxForgotten);
  expect(forgotten[0]).toEqual({ from: 0, to: 1_011 });
  expect(forgotten[1]).toEqual({ from: 2_040, to: 2_041 });
});
