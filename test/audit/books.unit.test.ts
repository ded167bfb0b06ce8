import { difference, type FrontBooks } from '../../shared/audit/books.ts';
import { unexplained } from '../../shared/audit/locate.ts';
import { countExpected, placeOf, placesIn } from '../../shared/audit/places.ts';
import { contradictions } from '../../shared/audit/progress.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { Progress } from '../../shared/gaps/progress.ts';
import { maxRuns } from '../../shared/gaps/tidy.ts';
import { aGap, aPiece, aProgress, idsFrom, noon, settingsWith } from '../support/builders.ts';

/** Ids 1 to 10, of which 9 and 10 were not looked at; 8 hold something, 6 is missing, 10 is not there yet. */
const books: FrontBooks = {
  from: 1,
  to: 10,
  scanned: 8,
  held: { clean: 5, suspect: 1, reconstructed: 1, closed: 1 },
  missing: 1,
  givenUp: 0,
  assumed: 0,
  notLookedAt: 1,
  offStep: 0,
  moved: 0,
};

describe('the books of a front', () => {
  it('balance when every id is in one place', () => {
    expect(difference(books)).toBe(0);
    expect(difference({ ...books, missing: 0, assumed: 1 })).toBe(0);
    expect(difference({ ...books, missing: 0, offStep: 1 })).toBe(0);
  });

  it.each([
    ['in no place', { missing: 0 }, 1],
    ['in no place', { held: { ...books.held, clean: 3 } }, 2],
    ['in two places', { givenUp: 1 }, -1],
    ['in two places', { assumed: 1 }, -1],
  ])('are off by the ids that are %s', (_, over, by) => {
    expect(difference({ ...books, ...over })).toBe(by);
  });

  it('tolerate a difference of up to the events that came between two reads', () => {
    expect(difference({ ...books, missing: 0, moved: 1 })).toBe(0);
    expect(difference({ ...books, missing: 0, moved: 3 })).toBe(0);
    expect(difference({ ...books, held: { ...books.held, clean: 2 }, moved: 1 })).toBe(2);
    expect(difference({ ...books, givenUp: 1, moved: 3 })).toBe(-1);
  });
});

describe('the place of an id without an entry', () => {
  it('is that of its gap; a resolved gap has no place for it', () => {
    const gaps: Partial<Gap>[] = [
      { state: 'open' },
      { state: 'requested' },
      { state: 'abandoned' },
      { state: 'voided', assumed: true },
      { state: 'voided' },
      { state: 'filled' },
    ];
    const places = gaps.map((gap) => placeOf(aGap(gap)));
    expect(places).toEqual(['missing', 'missing', 'givenUp', 'assumed', undefined, undefined]);
  });

  it('is cut to the proved part of the front', () => {
    const front = { from: 3, to: 20, scanned: 8, reach: { from: 1, to: 20 } };
    expect(placesIn(front, [aGap({ from: 1, to: 4 }), aGap({ from: 7, to: 9 })], settingsWith())).toEqual([
      { from: 3, to: 4, place: 'missing' },
      { from: 7, to: 8, place: 'missing' },
    ]);
  });

  it('counts by the step of the stream', () => {
    const settings = settingsWith({ numbering: { step: 10 } });
    const expected = { from: 40, to: 90 };
    expect(countExpected(expected, { from: 1, to: 500 }, settings)).toBe(6);
    expect(countExpected(expected, { from: 41, to: 60 }, settings)).toBe(2);
    expect(countExpected(expected, { from: 41, to: 49 }, settings)).toBe(0);
    expect(countExpected(expected, { from: 91, to: 99 }, settings)).toBe(0);
  });
});

describe('ids without an entry', () => {
  const explain = (from: number, to: number, gaps: readonly Gap[]) => {
    const front = { from: 1, to: 20, scanned: 20, reach: { from: 1, to: 20 } };
    return unexplained({ from, to }, placesIn(front, gaps, settingsWith()), gaps, settingsWith());
  };

  it('are explained by gaps that may lack them', () => {
    const gaps = [aGap({ from: 3, to: 5 }), aGap({ from: 5, to: 7, state: 'abandoned' })];
    expect(explain(4, 7, gaps)).toEqual([]);
  });

  it('are reported if they are in no gap, around and between gaps', () => {
    const gaps = [aGap({ from: 3, to: 5 }), aGap({ from: 7, to: 7, state: 'abandoned' })];
    expect(explain(2, 9, gaps)).toEqual([
      'missing: 2 without an entry, and in no gap of the ledger',
      'missing: 6 without an entry, and in no gap of the ledger',
      'missing: 8–9 without an entry, and in no gap of the ledger',
    ]);
  });

  it('are reported if their gap is marked as resolved', () => {
    expect(explain(4, 5, [aGap({ from: 3, to: 4, state: 'filled' })])).toEqual([
      'missing: 4 without an entry, in the gap 3–4, which is filled',
      'missing: 5 without an entry, and in no gap of the ledger',
    ]);
  });
});

describe('contradictions in the progress of a stream', () => {
  it('are not found in a sound one', () => {
    const pieces = [aPiece({ from: 1, to: 4 }), aPiece({ from: 5, to: 9 })];
    expect(contradictions(aProgress({ pieces, forgotten: [{ from: 0, to: 0 }] }))).toEqual([]);
  });

  it.each<[string, Partial<Progress>]>([
    ['pieces: 9–5 ends before it begins', { pieces: [aPiece({ from: 9, to: 5 })] }],
    [
      'pieces: 5–9 and 1–4 overlap, or are not ascending',
      { pieces: [aPiece({ from: 5, to: 9 }), aPiece({ from: 1, to: 4 })] },
    ],
    [
      'forgotten: 1–4 and 4–9 overlap, or are not ascending',
      {
        forgotten: [
          { from: 1, to: 4 },
          { from: 4, to: 9 },
        ],
      },
    ],
    ['pieces: 1–9 was covered before its events came', { pieces: [aPiece({ sinceMs: noon + 1 })] }],
    [
      `pieces: ${maxRuns + 1} fronts and outliers, though at most ${maxRuns} are kept`,
      { pieces: idsFrom(1, maxRuns + 1).map((n) => aPiece({ from: 2 * n, to: 2 * n })) },
    ],
  ])('are reported: %s', (finding, damage) => {
    expect(contradictions(aProgress(damage))).toEqual([finding]);
  });
});
