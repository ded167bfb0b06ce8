import { dueRanges, markScanned } from '../../shared/gaps/scan.ts';
import { aFront, aPiece, aProgress, minuteMs, noon, settingsWith } from '../support/builders.ts';

describe('holes are looked for', () => {
  const settings = settingsWith({ graceMs: minuteMs });

  test('in numbers that were covered a grace ago, and not before', () => {
    const pieces = [
      aPiece({ from: 1, to: 4, isScanned: false }),
      aPiece({ from: 5, to: 9, atMs: noon + 30_000, isScanned: false }),
    ];
    const dueAt = (ms: number) => dueRanges(aProgress({ pieces }), noon + ms, settings);
    expect(dueAt(minuteMs - 1)).toEqual([]);
    expect(dueAt(minuteMs)).toEqual([{ from: 1, to: 4 }]);
    expect(dueAt(minuteMs + 30_000)).toEqual([{ from: 1, to: 9 }]);
  });

  test('once: not in scanned pieces', () => {
    const pieces = [...aFront({ first: 1, last: 9, scanned: 5 }), aPiece({ from: 100, to: 120 })];
    expect(dueRanges(aProgress({ pieces }), noon + minuteMs, settings)).toEqual([{ from: 6, to: 9 }]);
  });
});

describe('a range is marked as scanned', () => {
  test('and a piece that is only partly in it is split', () => {
    const pieces = aFront({ first: 1, last: 9, scanned: 0 });
    expect(markScanned(aProgress({ pieces }), { from: 1, to: 5 }).pieces).toEqual(
      aFront({ first: 1, last: 9, scanned: 5 }),
    );
    expect(markScanned(aProgress({ pieces }), { from: 4, to: 6 }).pieces.map(({ isScanned }) => isScanned)).toEqual([
      false,
      true,
      false,
    ]);
  });

  test('and other pieces keep their times', () => {
    const pieces = [
      aPiece({ from: 1, to: 4, isScanned: false }),
      aPiece({ from: 5, to: 9, sinceMs: noon, atMs: noon + minuteMs, isScanned: false }),
      aPiece({ from: 50, to: 60, isScanned: false }),
    ];
    expect(markScanned(aProgress({ pieces }), { from: 1, to: 9 }).pieces).toEqual([
      { ...pieces[0], isScanned: true },
      { ...pieces[1], isScanned: true },
      pieces[2],
    ]);
  });
});
