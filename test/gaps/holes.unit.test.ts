import { noAnswers } from '../../shared/gaps/answers.ts';
import fc from 'fast-check';
import { HoleFinder } from '../../shared/gaps/holes.ts';
import type { Range } from '../../shared/gaps/range.ts';
import type { Entry } from '../../shared/tracking/entry.ts';
import { aBlockWith, anEntry, aVoidEntry, blocksWith, cellsOf, idsFrom, type Cells } from '../support/builders.ts';

function coverageOf(ranges: readonly Range[], cells: Cells, step = 1) {
  const finder = new HoleFinder(ranges, step);
  for (const block of blocksWith(cells)) finder.see(block);
  return finder.coverage();
}

describe('what is missing', () => {
  test('is each run of ids without an entry, in ranges that end within a run', () => {
    const ranges = [
      { from: 3, to: 9 },
      { from: 12, to: 13 },
    ];
    expect(coverageOf(ranges, cellsOf([1, 4, 5, 8, 13])).map(({ holes }) => holes)).toEqual([
      [
        { from: 3, to: 3 },
        { from: 6, to: 7 },
        { from: 9, to: 9 },
      ],
      [{ from: 12, to: 12 }],
    ]);
  });

  test.each([
    ['clean', anEntry()],
    ['with verify', anEntry({ state: 'suspect', published: false })],
    ['refused', anEntry({ state: 'closed' })],
    ['void', aVoidEntry()],
    ['inferred', anEntry({ state: 'reconstructed' })],
  ])('is never an id with an entry: one that is %s', (_, entry) => {
    expect(coverageOf([{ from: 7, to: 7 }], { 7: entry })[0]).toMatchObject({ missing: 0, holes: [] });
  });

  test('is the whole range where no block is stored, however long it is', () => {
    const range = { from: 5, to: 9_007_199_254_740_991 };
    expect(coverageOf([range], {})).toEqual([
      { range, missing: range.to - 4, holes: [range], fills: new Map(), answers: noAnswers },
    ]);
  });

  test('reaches over blocks that are not stored', () => {
    expect(coverageOf([{ from: 250, to: 1_030 }], cellsOf([255, 1_025]))[0]?.holes).toEqual([
      { from: 250, to: 254 },
      { from: 256, to: 1_024 },
      { from: 1_026, to: 1_030 },
    ]);
  });
});

test('of very many holes the lowest are listed, and all are counted', () => {
  const [coverage] = coverageOf([{ from: 1, to: 10_000 }], cellsOf(idsFrom(1, 5_000).map((id) => 2 * id)));
  expect(coverage).toMatchObject({ missing: 5_000 });
  expect(coverage?.holes).toEqual(idsFrom(0, 999).map((i) => ({ from: 2 * i + 1, to: 2 * i + 1 })));
});

describe('with a step', () => {
  const range = { from: 10, to: 60 };

  test('only each n-th id from the first of the range is missing, each on its own', () => {
    const [coverage] = coverageOf([range], cellsOf([20, 40]), 10);
    expect(coverage).toMatchObject({ missing: 4 });
    expect(coverage?.holes).toEqual([10, 30, 50, 60].map((id) => ({ from: id, to: id })));
  });

  test('an id off the step fills none', () => {
    const [coverage] = coverageOf([range], cellsOf([20, 25, 30, 31]), 10);
    expect(coverage?.holes).toEqual([10, 40, 50, 60].map((id) => ({ from: id, to: id })));
  });

  test('of very many holes the lowest are listed, and all are counted', () => {
    const [coverage] = coverageOf([{ from: 0, to: 10 ** 12 }], {}, 10);
    expect(coverage?.missing).toBe(10 ** 11 + 1);
    expect(coverage?.holes).toHaveLength(1_000);
  });
});

describe('ranges that overlap', () => {
  test('each have all of their own ids', () => {
    const ranges = [
      { from: 1, to: 600 },
      { from: 4, to: 6 },
      { from: 5, to: 300 },
    ];
    const found = coverageOf(ranges, cellsOf([5, 280, 299, 500]));
    expect(found.map(({ missing }) => missing)).toEqual([596, 2, 293]);
    expect(found[1]?.holes).toEqual([
      { from: 4, to: 4 },
      { from: 6, to: 6 },
    ]);
  });
});

describe('how the rest came', () => {
  function cameOf(entries: Entry | readonly Entry[]) {
    const finder = new HoleFinder([{ from: 7, to: 7 }]);
    finder.see(aBlockWith({ 7: entries }));
    return [...(finder.coverage()[0]?.fills.keys() ?? [])];
  }

  test.each([
    ['filled, by an event', 'filled', [anEntry()]],
    ['filled, by one that was refused', 'filled', [anEntry({ state: 'closed' })]],
    ['voided', 'voided', [aVoidEntry()]],
    ['filled, where an event came beside a void', 'filled', [aVoidEntry(), anEntry()]],
    ['reconstructed', 'reconstructed', [anEntry({ state: 'reconstructed' })]],
    [
      'reconstructed, beside what was refused',
      'reconstructed',
      [anEntry({ state: 'closed' }), anEntry({ state: 'reconstructed' })],
    ],
  ])('is %s', (_, came, entries) => {
    expect(cameOf(entries)).toEqual([came]);
  });

  test('is every way in which one of the ids came, with the number of these ids', () => {
    const inferred = anEntry({ state: 'reconstructed' });
    const cells = { 5: anEntry(), 6: aVoidEntry(), 7: inferred, 9: inferred };
    expect(coverageOf([{ from: 5, to: 9 }], cells)[0]?.fills).toEqual(
      new Map([
        ['filled', 1],
        ['voided', 1],
        ['reconstructed', 2],
      ]),
    );
  });
});

test('an id off the step says nothing of how a gap was filled', () => {
  const finder = new HoleFinder([{ from: 10, to: 30 }], 10);
  finder.see(aBlockWith({ 10: anEntry(), 15: aVoidEntry(), 20: anEntry(), 25: aVoidEntry(), 30: anEntry() }));
  expect(finder.coverage()).toMatchObject([{ missing: 0, fills: new Map([['filled', 3]]) }]);
});

/** The states of an id, by how they count. */
const kinds = {
  filled: anEntry(),
  voided: aVoidEntry(),
  reconstructed: anEntry({ state: 'reconstructed' }),
} as const;

/** Ids that lie close together, in blocks that lie far apart. */
const anId = fc
  .tuple(fc.constantFrom(0, 1, 2, 7, 900), fc.integer({ min: 0, max: 255 }))
  .map(([block, place]) => block * 256 + place);

const someCells = fc
  .array(fc.tuple(anId, fc.constantFrom('filled', 'voided', 'reconstructed')), { maxLength: 300 })
  .map((held) => new Map(held));

/** Ranges by their first ids. They may overlap. */
const someRanges = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 900 })), {
    maxLength: 12,
    selector: ([from]) => from,
  })
  .map((drawn) => drawn.map(([from, more]) => ({ from, to: from + more })).sort((a, b) => a.from - b.from));

test('a naive recount of each id of each range finds the same', () => {
  fc.assert(
    fc.property(someCells, someRanges, (held, ranges) => {
      const cells = Object.fromEntries([...held].map(([id, kind]) => [id, kinds[kind]]));
      const found = coverageOf(ranges, cells);
      expect(found.map(({ range }) => range)).toEqual(ranges);
      for (const { range, missing, holes, fills, answers } of found) {
        const recounted = recount(range, held);
        expect(holes.flatMap(({ from, to }) => idsFrom(from, to))).toEqual(recounted.missing);
        expect(holes.every(({ from }, i) => from > (holes[i - 1]?.to ?? -2) + 1)).toBe(true);
        expect(missing).toBe(recounted.missing.length);
        expect(new Set(fills.keys())).toEqual(recounted.came);
        expect(answers).toEqual(recounted.answers);
      }
    }),
  );
});

function recount({ from, to }: Range, held: ReadonlyMap<number, string>) {
  const ids = idsFrom(from, to);
  const came = new Set(ids.flatMap((id) => held.get(id) ?? []));
  const count = (kind: string) => ids.filter((id) => held.get(id) === kind).length;
  const answers = { originals: count('filled'), voids: count('voided') };
  return { missing: ids.filter((id) => !held.has(id)), came, answers };
}
