import fc from 'fast-check';
import { frontsOf, outliersOf } from '../../shared/gaps/front.ts';
import type { Piece } from '../../shared/gaps/progress.ts';
import { countIds } from '../../shared/gaps/range.ts';
import { joinRanges } from '../../shared/gaps/range-set.ts';
import { markScanned } from '../../shared/gaps/scan.ts';
import { maxPieces, maxRuns, tidy } from '../../shared/gaps/tidy.ts';
import { aPiece, aProgress, dayMs, idsFrom, minuteMs, noon } from '../support/builders.ts';

/** A piece that a sweep covered some minutes after noon, one minute after the sweep before. */
function pieceAt(minute: number, { from = minute, to = from, isScanned = true }: Partial<Piece> = {}): Piece {
  return aPiece({ from, to, sinceMs: noon + (minute - 3) * minuteMs, atMs: noon + minute * minuteMs, isScanned });
}

function tidied(pieces: readonly Piece[], minute: number): readonly Piece[] {
  return tidy(aProgress({ pieces }), noon + minute * minuteMs).pieces;
}

describe('adjoining pieces', () => {
  test('are joined, with the times of both, if these are within an eighth of their age', () => {
    const pieces = [pieceAt(10), pieceAt(60, { from: 11 })];
    expect(tidied(pieces, 60 + 8 * 53 - 1)).toEqual(pieces);
    expect(tidied(pieces, 60 + 8 * 53)).toEqual([
      aPiece({ from: 10, to: 11, sinceMs: noon + 7 * minuteMs, atMs: noon + 60 * minuteMs }),
    ]);
  });

  test('are joined while they are young, if their times are within six minutes', () => {
    expect(tidied([pieceAt(10), pieceAt(13, { from: 11 })], 13)).toHaveLength(1);
    expect(tidied([pieceAt(10), pieceAt(14, { from: 11 })], 14)).toHaveLength(2);
  });

  test('are not joined if only one is scanned', () => {
    expect(tidied([pieceAt(10), pieceAt(11, { isScanned: false })], 10_000)).toHaveLength(2);
  });

  test('that are not scanned are joined much later, so that their holes are found nearly in time', () => {
    const pieces = [pieceAt(10, { isScanned: false }), pieceAt(11, { isScanned: false })];
    expect(tidied(pieces, 11 + 64 * 4 - 1)).toHaveLength(2);
    expect(tidied(pieces, 11 + 64 * 4)).toHaveLength(1);
  });

  test('of one sweep are joined at once', () => {
    const pieces = [pieceAt(10, { isScanned: false }), pieceAt(10, { from: 11, isScanned: false })];
    expect(tidied(pieces, 10)).toHaveLength(1);
  });

  test('that do not adjoin are not joined', () => {
    expect(tidied([pieceAt(10), pieceAt(10, { from: 12 })], 10_000)).toHaveLength(2);
  });
});

test('the same progress is returned if nothing changes', () => {
  const progress = aProgress({ pieces: [pieceAt(10), pieceAt(100, { from: 11 })], told: [11] });
  expect(tidy(progress, noon + 100 * minuteMs)).toBe(progress);
});

test.each([
  ['a minute', minuteMs],
  ['twelve days', 12 * dayMs],
])(
  'few pieces are kept of a stream that grows each quarter of an hour for two weeks, with a grace of %s',
  (_, graceMs) => {
    let progress = aProgress({ pieces: [] });
    let most = 0;
    for (let minute = 0; minute <= (14 * dayMs) / minuteMs; minute += 15) {
      const nowMs = noon + minute * minuteMs;
      progress = { ...progress, pieces: [...progress.pieces, pieceAt(minute, { to: minute + 14, isScanned: false })] };
      const due = progress.pieces.filter(({ isScanned, atMs }) => !isScanned && atMs <= nowMs - graceMs);
      for (const range of due) progress = markScanned(progress, range);
      progress = tidy(progress, nowMs);
      most = Math.max(most, progress.pieces.length);
    }
    expect(most).toBeLessThan(500);
    expect(frontsOf(progress)).toMatchObject([{ first: 0 }]);
  },
);

describe('if there are too many fronts and outliers', () => {
  const outliers = (count: number) => idsFrom(1, count).map((i) => pieceAt(i, { from: 5_000 * i }));
  const fronts = (count: number) => idsFrom(1, count).map((i) => pieceAt(i, { from: 5_000 * i, to: 5_000 * i + 9 }));

  test('none is dropped up to the limit', () => {
    const progress = aProgress({ pieces: outliers(maxRuns) });
    expect(tidy(progress, noon)).toBe(progress);
  });

  test('outliers are dropped first, those that came longest ago first', () => {
    const old = pieceAt(0, { from: 1, to: 400 });
    const progress = tidy(aProgress({ pieces: [old, ...outliers(maxRuns)] }), noon + 300 * minuteMs);
    expect(progress.hasDropped).toBe(true);
    expect(frontsOf(progress)).toHaveLength(1);
    expect(outliersOf(progress)).toEqual(idsFrom(2, maxRuns).map((i) => 5_000 * i));
  });

  test('then the fronts that last grew longest ago, with what was reported below them', () => {
    const pieces = fronts(maxRuns + 2);
    const told = [10_000, 15_000];
    const progress = tidy(aProgress({ pieces, told }), noon + 300 * minuteMs);
    expect(frontsOf(progress).map(({ first }) => first)).toEqual(idsFrom(3, maxRuns + 2).map((i) => 5_000 * i));
    expect(progress.told).toEqual([15_000]);
  });

  test('it is recorded for ever', () => {
    const once = tidy(aProgress({ pieces: outliers(maxRuns + 1) }), noon);
    expect(tidy({ ...once, pieces: [] }, noon).hasDropped).toBe(true);
  });
});

test('fronts that all grow for weeks have no more pieces than the document has room for', () => {
  const minutes = idsFrom(0, 59).map((i) => Math.round(1.25 ** i));
  const pieces = idsFrom(1, maxRuns).flatMap((i) =>
    minutes.map((minute, k) => pieceAt(-minute, { from: 5_000 * i - k })).reverse(),
  );
  expect(pieces.length).toBeGreaterThan(maxPieces);
  const after = tidied(pieces, 0);
  expect(after.length).toBeLessThanOrEqual(maxPieces);
  expect(countIds(after)).toBe(countIds(pieces));
});

test('no number is lost and none is added, and no time is forgotten, however pieces lie', () => {
  const drawn = fc.array(
    fc.record({
      skip: fc.nat({ max: 2 }),
      size: fc.integer({ min: 1, max: 4 }),
      minute: fc.nat({ max: 500 }),
      isScanned: fc.boolean(),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(drawn, (some) => {
      let next = 1;
      const pieces = some.map(({ skip, size, minute, isScanned }) => {
        const from = next + skip;
        next = from + size;
        return pieceAt(minute, { from, to: next - 1, isScanned });
      });
      const after = tidied(pieces, 500);
      expect(joinRanges(after)).toEqual(joinRanges(pieces));
      for (const piece of pieces) {
        const now = after.find(({ from, to }) => from <= piece.from && piece.to <= to);
        expect(now?.isScanned).toBe(piece.isScanned);
        expect(now?.sinceMs).toBeLessThanOrEqual(piece.sinceMs);
        expect(now?.atMs).toBeGreaterThanOrEqual(piece.atMs);
      }
    }),
  );
});
