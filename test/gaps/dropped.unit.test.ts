import { maxDroppedRanges, rememberDropped, withDroppedTimes } from '../../shared/gaps/dropped.ts';
import { runsOf } from '../../shared/gaps/front.ts';
import type { DroppedRange } from '../../shared/gaps/progress.ts';
import { aPiece, aProgress, idsFrom, minuteMs, noon } from '../support/builders.ts';

const sinceMs = noon - 5 * minuteMs;

function dropOf(pieces: readonly { readonly from: number; readonly to: number }[], dropped?: readonly DroppedRange[]) {
  const runs = runsOf(pieces.map((range) => aPiece({ ...range, sinceMs })));
  return rememberDropped(aProgress({ pieces: [], dropped }), runs, [{ from: 100_000, to: 100_009 }]);
}

test('a dropped front is remembered with the times of its pieces, and counted', () => {
  const runs = runsOf([aPiece({ from: 1, to: 9, sinceMs }), aPiece({ from: 10, to: 12, sinceMs: noon })]);
  expect(rememberDropped(aProgress({ pieces: [], dropCount: 4 }), runs, [])).toMatchObject({
    hasDropped: true,
    dropCount: 5,
    dropped: [
      { from: 1, to: 9, sinceMs, atMs: noon },
      { from: 10, to: 12, sinceMs: noon, atMs: noon },
    ],
  });
});

test('one that is found and dropped again is not counted again, and keeps its times', () => {
  const once = dropOf([{ from: 7, to: 7 }]);
  const [known] = once.dropped ?? [];
  const again = rememberDropped(once, runsOf([aPiece({ from: 7, to: 7, sinceMs: noon, atMs: noon + 1 })]), []);
  expect(again).toMatchObject({ dropCount: 1, dropped: [known] });
});

test('a front that is dropped again keeps the earlier time', () => {
  const before = [{ from: 5, to: 20, sinceMs: noon }];
  expect(dropOf([{ from: 1, to: 9 }], before).dropped).toEqual([{ from: 1, to: 20, sinceMs }]);
});

test('if there are too many, the nearest are joined, and never across a front that is kept', () => {
  const far = idsFrom(1, maxDroppedRanges - 1).map((i) => ({ from: 200_000 + 1_000 * i, to: 200_000 + 1_000 * i }));
  const { dropped = [] } = dropOf([{ from: 99_999, to: 99_999 }, { from: 100_010, to: 100_010 }, ...far]);
  expect(dropped).toHaveLength(maxDroppedRanges);
  expect(dropped.slice(0, 3)).toEqual([
    { from: 99_999, to: 99_999, sinceMs, atMs: noon },
    { from: 100_010, to: 100_010, sinceMs, atMs: noon },
    { from: 201_000, to: 202_000, sinceMs },
  ]);
});

describe('numbers that are covered again', () => {
  const piece = aPiece({ from: 7, to: 12, sinceMs: noon, isScanned: false });

  test('are as old as when they were dropped, and the others are not', () => {
    const dropped = [
      { from: 5, to: 9, sinceMs, atMs: noon - 1 },
      { from: 11, to: 11, sinceMs: noon + 1 },
      { from: 13, to: 13, sinceMs },
    ];
    expect(withDroppedTimes(piece, dropped).map(({ from, to, ...at }) => [from, to, at.sinceMs, at.atMs])).toEqual([
      [7, 9, sinceMs, noon - 1],
      [10, 10, noon, noon],
      [11, 11, noon, noon],
      [12, 12, noon, noon],
    ]);
  });

  test('that were never dropped are one piece', () => {
    expect(withDroppedTimes(piece, [{ from: 13, to: 20, sinceMs }])).toEqual([piece]);
  });
});
