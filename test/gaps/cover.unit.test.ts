import fc from 'fast-check';
import { cover, uncovered } from '../../shared/gaps/cover.ts';
import { frontsOf, outliersOf } from '../../shared/gaps/front.ts';
import { startProgress, type Progress } from '../../shared/gaps/progress.ts';
import { joinRanges } from '../../shared/gaps/range-set.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { defaultStreamSettings } from '../../shared/stream-settings.ts';

const settings = { ...defaultStreamSettings, maxGap: 100 };
const times = { sinceMs: 1_000, atMs: 2_000 };

/** `3, 5–7` as ranges. */
function ranges(...spelt: readonly (number | readonly [number, number])[]): readonly Range[] {
  return spelt.map((one) => (typeof one === 'number' ? { from: one, to: one } : { from: one[0], to: one[1] }));
}

function covered(held: readonly Range[], before: Progress = startProgress('s'), with_: Partial<typeof settings> = {}) {
  return cover(before, held, times, { ...settings, ...with_ });
}

function shapeOf(progress: Progress) {
  return {
    fronts: frontsOf(progress).map(({ first, last }) => [first, last]),
    outliers: outliersOf(progress),
  };
}

describe('ids that came', () => {
  test('with at most 16 missing between them are one front', () => {
    expect(shapeOf(covered(ranges(1, 18)))).toEqual({ fronts: [[1, 18]], outliers: [] });
    expect(shapeOf(covered(ranges(1, 19)))).toEqual({ fronts: [], outliers: [1, 19] });
  });

  test('in two groups are one front if at most `maxGap` are missing between them', () => {
    expect(shapeOf(covered(ranges([1, 5], [106, 110])))).toEqual({ fronts: [[1, 110]], outliers: [] });
    expect(shapeOf(covered(ranges([1, 5], [107, 110])))).toEqual({
      fronts: [
        [1, 5],
        [107, 110],
      ],
      outliers: [],
    });
  });

  test('alone and far from a front are outliers, from which nothing follows', () => {
    expect(shapeOf(covered(ranges([1, 5], 60, 500_000)))).toEqual({ fronts: [[1, 5]], outliers: [60, 500_000] });
  });

  test('alone between two groups of a front belong to it', () => {
    expect(shapeOf(covered(ranges([1, 5], 60, [100, 101])))).toEqual({ fronts: [[1, 101]], outliers: [] });
  });

  test('with a step are as near as the number of expected ids between them', () => {
    const numbering = { step: 10 };
    expect(shapeOf(covered(ranges(10, 180), undefined, { numbering }))).toEqual({ fronts: [[10, 180]], outliers: [] });
    expect(shapeOf(covered(ranges(10, 190), undefined, { numbering })).outliers).toEqual([10, 190]);
  });

  test('are covered once: a piece keeps its times, and the new numbers get their own', () => {
    const before = covered(ranges([1, 4]));
    const after = cover(before, ranges([1, 4], [7, 8]), { sinceMs: 5_000, atMs: 6_000 }, settings);
    expect(after.pieces).toEqual([
      { from: 1, to: 4, sinceMs: 1_000, atMs: 2_000, isScanned: false },
      { from: 5, to: 8, sinceMs: 5_000, atMs: 6_000, isScanned: false },
    ]);
  });

  test('that are covered already change nothing', () => {
    const before = covered(ranges([1, 4], 900));
    expect(covered(ranges([2, 3], 900), before)).toBe(before);
  });

  test('below the first id extend the front downwards', () => {
    expect(shapeOf(covered(ranges([1, 3]), covered(ranges([10, 20]))))).toEqual({ fronts: [[1, 20]], outliers: [] });
  });

  test('turn an outlier into a front when a second one comes near it', () => {
    const before = covered(ranges([1, 5], 900));
    expect(shapeOf(covered(ranges(901), before))).toEqual({
      fronts: [
        [1, 5],
        [900, 901],
      ],
      outliers: [],
    });
  });
});

describe('with `start`', () => {
  test('the ids from `start` up to a near front are missing', () => {
    expect(shapeOf(covered(ranges([50, 60]), undefined, { start: 10 }))).toEqual({ fronts: [[10, 60]], outliers: [] });
    expect(shapeOf(covered(ranges([150, 160]), undefined, { start: 10 })).fronts).toEqual([[150, 160]]);
  });

  test('ids that are forgotten are not missing again when the stream speaks again', () => {
    const before = { ...startProgress('s'), forgotten: ranges([10, 60]) };
    expect(shapeOf(covered(ranges([70, 80]), before, { start: 10 })).fronts).toEqual([[61, 80]]);
  });

  test('of 0 the id 0 is missing, too', () => {
    expect(shapeOf(covered(ranges([2, 5]), undefined, { start: 0 }))).toEqual({ fronts: [[0, 5]], outliers: [] });
  });

  test('lower ids play no part', () => {
    const before = startProgress('s');
    expect(covered(ranges([1, 5]), before, { start: 10 })).toBe(before);
  });
});

describe('the range below a front that was reported', () => {
  const [lower, upper] = [covered(ranges([1, 5], [500, 510])), ranges([1_000, 1_010])];
  const before = { ...covered(upper, lower), told: [1_010] };

  test('stays reported while the front grows', () => {
    expect(covered(ranges([980, 985], [1_015, 1_020]), before).told).toEqual([1_010]);
  });

  test('is forgotten when the front is joined to the one below, so that the range below both is reported', () => {
    const joined = covered(ranges([600, 601], [700, 701], [800, 801], [900, 901]), before);
    expect(shapeOf(joined).fronts).toEqual([
      [1, 5],
      [500, 1_010],
    ]);
    expect(joined.told).toEqual([]);
  });

  test('stays reported when it is that of the lower one of two joined fronts', () => {
    const told = { ...before, told: [505, 1_010] };
    expect(covered(ranges([600, 601], [700, 701], [800, 801], [900, 901]), told).told).toEqual([505]);
  });
});

test('a hundred thousand ranges are covered in one go, as one front or as outliers', () => {
  const pairs = Array.from({ length: 100_000 }, (_, i) => [60 * i, 60 * i + 1] as const);
  expect(shapeOf(covered(ranges(...pairs))).fronts).toEqual([[0, 60 * 99_999 + 1]]);
  const single = Array.from({ length: 100_000 }, (_, i) => 5_000 * i);
  expect(shapeOf(covered(ranges(...single))).outliers).toHaveLength(100_000);
});

describe('the seam between a forgotten front and ids that come after a long silence', () => {
  const before = { ...startProgress('s'), forgotten: ranges([1, 400]) };

  test('is covered like a seam between two groups of a front: its numbers never came, or are missing', () => {
    expect(shapeOf(covered(ranges([405, 410]), before)).fronts).toEqual([[401, 410]]);
    expect(shapeOf(covered(ranges([501, 510]), before)).fronts).toEqual([[401, 510]]);
    expect(shapeOf(covered(ranges([502, 510]), before)).fronts).toEqual([[502, 510]]);
    expect(shapeOf(covered(ranges(417), before)).fronts).toEqual([[401, 417]]);
    expect(shapeOf(covered(ranges(418), before)).outliers).toEqual([418]);
  });

  test('is not covered if an id alone was forgotten, since nothing follows from it', () => {
    const outlier = { ...startProgress('s'), forgotten: ranges(400) };
    expect(shapeOf(covered(ranges([405, 410]), outlier)).fronts).toEqual([[405, 410]]);
  });

  test('is not covered for a window after a long pause of sweeps, because its events may have come in it', () => {
    const windowMs = 10_000;
    const woke = (atMs: number) => ({ ...before, wokeAtMs: times.atMs - windowMs + atMs });
    expect(shapeOf(covered(ranges([405, 410]), woke(1), { windowMs })).fronts).toEqual([[405, 410]]);
    expect(shapeOf(covered(ranges([405, 410]), woke(0), { windowMs })).fronts).toEqual([[401, 410]]);
  });

  test('ends at ids that come below the end of the forgotten range: numbering began again', () => {
    const restarted = covered(ranges([350, 355]), before);
    expect(shapeOf(restarted).fronts).toEqual([[350, 355]]);
    const across = covered(ranges([350, 403]), before);
    expect(shapeOf(across).fronts).toEqual([[350, 403]]);
    expect(shapeOf(covered(ranges([406, 410]), across)).fronts).toEqual([[350, 410]]);
  });
});

test('numbers that were forgotten are not covered again between what is left', () => {
  const known = { sinceMs: 0, atMs: 0, isScanned: true };
  const pieces = [
    { ...known, from: 1, to: 5 },
    { ...known, from: 11, to: 20 },
  ];
  const before = { ...startProgress('s'), pieces, forgotten: ranges([6, 10]) };
  expect(shapeOf(covered(ranges(21), before)).fronts).toEqual([
    [1, 5],
    [11, 21],
  ]);
});

describe('whatever came, in whatever order', () => {
  const ids = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 5_000 })), {
    minLength: 1,
    maxLength: 60,
  });

  test('every id is in a piece, and pieces do not overlap', () => {
    fc.assert(
      fc.property(ids, ids, (first, second) => {
        const held = (some: readonly number[]) => joinRanges(some.map((id) => ({ from: id, to: id })));
        const { pieces } = covered(held(second), covered(held(first)));
        expect(uncovered(held([...first, ...second]), pieces)).toEqual([]);
        pieces.slice(1).forEach((piece, i) => {
          expect(piece.from).toBeGreaterThan(pieces[i]?.to ?? 0);
        });
      }),
    );
  });

  test('the fronts are the same as if all had come at once, or larger', () => {
    fc.assert(
      fc.property(ids, ids, (first, second) => {
        const held = (some: readonly number[]) => joinRanges(some.map((id) => ({ from: id, to: id })));
        const stepwise = covered(held(second), covered(held(first))).pieces;
        const atOnce = covered(held([...first, ...second])).pieces;
        expect(uncovered(atOnce, stepwise)).toEqual([]);
      }),
    );
  });
});
