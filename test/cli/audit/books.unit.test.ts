import { difference, countEmptyIds, type StreamBooks } from '../../../cli/audit/books.ts';
import { unexplained } from '../../../cli/audit/locate.ts';
import { aGap } from '../../support/builders.ts';

/** Ids 1 to 10, of which 9 and 10 were not looked at; 8 hold something, 6 is missing, 10 is not there yet. */
const books: StreamBooks = {
  from: 1,
  to: 10,
  scanned: 8,
  held: { clean: 5, suspect: 1, reconstructed: 1, closed: 1 },
  missing: 1,
  givenUp: 0,
  notLookedAt: 1,
  moved: 0,
};

describe('the books of a stream', () => {
  it('balance when every id is in one place', () => {
    expect(difference(books)).toBe(0);
    expect(difference({ ...books, from: 1, to: 0, scanned: 0, held: none, missing: 0, notLookedAt: 0 })).toBe(0);
  });

  it.each([
    ['in no place', { missing: 0 }, 1],
    ['in no place', { held: { ...books.held, clean: 3 } }, 2],
    ['in two places', { givenUp: 1 }, -1],
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

const none = { clean: 0, suspect: 0, reconstructed: 0, closed: 0 };

describe('ids without an entry', () => {
  it('are missing, or given up, by the state of their gap; a resolved gap has no place for them', () => {
    const gaps = (['open', 'requested', 'abandoned', 'filled'] as const).map((state, i) =>
      aGap({ from: 10 * i, to: 10 * i + 5, state }),
    );
    const coverages = gaps.map((range) => ({ range, missing: 3, holes: [], fillKinds: new Set<never>() }));
    expect(countEmptyIds(gaps, coverages)).toEqual({ missing: 6, givenUp: 3 });
  });

  it('are explained by a gap that may lack them', () => {
    const gaps = [aGap({ from: 3, to: 5 }), aGap({ from: 7, to: 7, state: 'abandoned' })];
    expect(
      unexplained(
        [
          { from: 4, to: 5 },
          { from: 7, to: 7 },
        ],
        gaps,
      ),
    ).toEqual([]);
  });

  it('are reported if they are in no gap, around and between gaps', () => {
    const gaps = [aGap({ from: 3, to: 5 }), aGap({ from: 7, to: 7, state: 'abandoned' })];
    expect(unexplained([{ from: 2, to: 9 }], gaps)).toEqual([
      'missing: 2 without an entry, and in no gap of the ledger',
      'missing: 6 without an entry, and in no gap of the ledger',
      'missing: 8–9 without an entry, and in no gap of the ledger',
    ]);
  });

  it('are reported if their gap is marked as resolved', () => {
    expect(unexplained([{ from: 4, to: 5 }], [aGap({ from: 3, to: 4, state: 'filled' })])).toEqual([
      'missing: 4 without an entry, in the gap 3–4, which is filled',
      'missing: 5 without an entry, and in no gap of the ledger',
    ]);
  });

  it('are reported if they are in two gaps', () => {
    const gaps = [aGap({ from: 3, to: 5 }), aGap({ from: 5, to: 7 })];
    expect(unexplained([{ from: 3, to: 7 }], gaps)).toEqual(['ledger: the gaps 3–5 and 5–7 overlap']);
  });
});
