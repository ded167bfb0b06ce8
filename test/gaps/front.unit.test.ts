import fc from 'fast-check';
import { frontsOf, latestFront, outliersOf, watermarkLagMs, watermarkOf } from '../../shared/gaps/front.ts';
import { aFront, aPiece, aProgress, idsFrom, minuteMs, noon } from '../support/builders.ts';

describe('the fronts of a stream', () => {
  test('are its runs of adjoining pieces, and a run of one id is an outlier', () => {
    const pieces = [
      ...aFront({ first: 1, last: 5 }),
      aPiece({ from: 6, to: 8, atMs: noon + minuteMs, isScanned: false }),
      aPiece({ from: 900, to: 900 }),
      ...aFront({ first: 5_001, last: 5_005 }),
    ];
    const progress = aProgress({ pieces });
    expect(frontsOf(progress)).toEqual([
      { first: 1, last: 8, grewAtMs: noon + minuteMs, scanned: 5 },
      { first: 5_001, last: 5_005, grewAtMs: noon, scanned: 5_005 },
    ]);
    expect(outliersOf(progress)).toEqual([900]);
  });

  test('are scanned up to their first piece that is not, though a later one is', () => {
    const pieces = [...aFront({ first: 1, last: 9, scanned: 5 }), aPiece({ from: 10, to: 20 })];
    expect(frontsOf(aProgress({ pieces }))).toMatchObject([{ first: 1, last: 20, scanned: 5 }]);
    const none = aFront({ first: 1, last: 9, scanned: 0 });
    expect(frontsOf(aProgress({ pieces: none }))).toMatchObject([{ scanned: 0 }]);
  });

  test('two ids that adjoin are a front', () => {
    const pieces = [aPiece({ from: 7, to: 7 }), aPiece({ from: 8, to: 8 })];
    expect(frontsOf(aProgress({ pieces }))).toMatchObject([{ first: 7, last: 8 }]);
  });
});

describe('the front that grew last', () => {
  const front = (first: number, grewAtMs: number) => ({ first, last: first + 9, scanned: first + 9, grewAtMs });

  test('stands for the stream; of several, the highest', () => {
    expect(latestFront([front(1, 5), front(100, 9), front(200, 7)])?.first).toBe(100);
    expect(latestFront([front(1, 9), front(100, 9)])?.first).toBe(100);
    expect(latestFront([])).toBeUndefined();
  });
});

describe('the time by which a watermark lags', () => {
  const front = { last: 20 };
  const pieces = [
    ...aFront({ first: 1, last: 9 }),
    aPiece({ from: 10, to: 20, atMs: noon + minuteMs }),
    aPiece({ from: 900, to: 900, atMs: noon + 2 * minuteMs }),
  ];
  const lagAt = (watermark: number) =>
    watermarkLagMs(aProgress({ pieces }), front, watermark, noon + 5 * minuteMs) / minuteMs;

  test('is how long ago the next id was covered, and none at the end of the front', () => {
    expect([0, 8, 9, 19, 20].map(lagAt)).toEqual([5, 5, 4, 4, 0]);
  });
});

describe('the watermark of a front', () => {
  const front = { first: 10, last: 40, scanned: 30, grewAtMs: noon };

  test('is all that was scanned if no gap is unresolved', () => {
    expect(watermarkOf(front, [])).toBe(30);
  });

  test('is just below the lowest unresolved gap in the front', () => {
    const gaps = [
      { from: 25, to: 26 },
      { from: 14, to: 15 },
    ];
    expect(watermarkOf(front, gaps)).toBe(13);
    expect(watermarkOf(front, [{ from: 14 }])).toBe(13);
  });

  test('is not held by gaps of other fronts, nor by the range below the front', () => {
    const gaps = [
      { from: 2, to: 3 },
      { from: 5, to: 9 },
      { from: 41, to: 500 },
    ];
    expect(watermarkOf(front, gaps)).toBe(30);
  });

  test('is below the front if an unresolved gap reaches into it from below', () => {
    expect(watermarkOf(front, [{ from: 5, to: 12 }])).toBe(9);
    expect(watermarkOf(front, [{ from: 0, to: Number.POSITIVE_INFINITY }])).toBe(9);
  });

  test('is what a naive recount finds, id by id', () => {
    const id = fc.integer({ min: 1, max: 60 });
    const gap = fc.tuple(id, fc.nat({ max: 9 })).map(([from, more]) => ({ from, to: from + more }));
    fc.assert(
      fc.property(id, fc.nat({ max: 50 }), fc.array(gap, { maxLength: 6 }), (first, more, gaps) => {
        const last = first + more;
        const inGap = (one: number): boolean => gaps.some(({ from, to }) => from <= one && one <= to);
        const found = idsFrom(first, last).find(inGap);
        expect(watermarkOf({ first, last, scanned: last, grewAtMs: 0 }, gaps)).toBe(found ? found - 1 : last);
      }),
    );
  });
});
