import fc from 'fast-check';
import { revisionRuns, runsInBlock, type RevisionRun } from '../../shared/gaps/revision-runs.ts';
import type { Cell } from '../../shared/tracking/block.ts';
import { aRevisedCell, aVoidEntry, anEntry, blocksWith, cellsOf, idsFrom, type Cells } from '../support/builders.ts';

const once: Cell = [anEntry()];
const twice = aRevisedCell();

const runsIn = (cells: Cells, minIds?: number): readonly RevisionRun[] => revisionRuns(blocksWith(cells), minIds);

describe('runs of ids that all hold revisions', () => {
  it('are found where a sequence was begun again, up to where it got', () => {
    expect(runsIn({ ...cellsOf(idsFrom(1, 5), twice), ...cellsOf(idsFrom(6, 9), once) })).toEqual([
      { from: 1, to: 5, ids: 5 },
    ]);
  });

  it('end at an id with one event', () => {
    expect(runsIn({ ...cellsOf(idsFrom(1, 9), twice), 5: once })).toEqual([
      { from: 1, to: 4, ids: 4 },
      { from: 6, to: 9, ids: 4 },
    ]);
  });

  it('end at a void', () => {
    expect(runsIn({ ...cellsOf(idsFrom(1, 9), twice), 4: [aVoidEntry()] })).toEqual([
      { from: 1, to: 3, ids: 3 },
      { from: 5, to: 9, ids: 5 },
    ]);
  });

  it('go on over ids without an entry, since numbers may be missing or grow by ten', () => {
    expect(runsIn(cellsOf([10, 20, 30, 40], twice))).toEqual([{ from: 10, to: 40, ids: 4 }]);
  });

  it('go on from one block to the next, and over blocks that are not stored', () => {
    expect(runsIn(cellsOf([254, 255, 256, 257, 1_024], twice))).toEqual([{ from: 254, to: 1_024, ids: 5 }]);
  });

  it('have at least three ids, unless another number is given', () => {
    const cells = { ...cellsOf([1, 2], twice), 3: once, ...cellsOf([4, 5, 6], twice) };
    expect(runsIn(cells)).toEqual([{ from: 4, to: 6, ids: 3 }]);
    expect(runsIn(cells, 2)).toHaveLength(2);
    expect(runsIn(cells, 4)).toEqual([]);
  });

  it('are none where nothing is stored', () => {
    expect(revisionRuns([])).toEqual([]);
  });

  it('hold every id with a revision in exactly one run, if a single id makes a run', () => {
    const kinds = fc.array(fc.constantFrom('none', 'once', 'twice'), { maxLength: 600 });
    fc.assert(
      fc.property(kinds, (of) => {
        const idsOf = (kind: string): number[] => of.flatMap((one, id) => (one === kind ? [id] : []));
        const runs = runsIn({ ...cellsOf(idsOf('once'), once), ...cellsOf(idsOf('twice'), twice) }, 1);
        const isIn = (id: number) => runs.filter(({ from, to }) => from <= id && id <= to).length;
        for (const id of idsOf('twice')) expect(isIn(id)).toBe(1);
        for (const id of idsOf('once')) expect(isIn(id)).toBe(0);
        expect(runs.reduce((sum, { ids }) => sum + ids, 0)).toBe(idsOf('twice').length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a block in which no three ids with revisions follow one another', () => {
  const runsOf = (cells: Cells) => blocksWith(cells).flatMap((block) => runsInBlock(block));
  const among = (revised: readonly number[]): Cells => ({
    ...cellsOf(idsFrom(1, 20), once),
    ...cellsOf(revised, twice),
  });

  it('has a run if most ids of a range hold revisions, and at least four', () => {
    expect(runsOf(among([1, 2, 5, 6]))).toEqual([{ from: 1, to: 6, ids: 4 }]);
    expect(runsOf(among([257, 258, 260, 262]))).toEqual([{ from: 257, to: 262, ids: 4 }]);
  });

  it('has none if fewer do, as where single events are corrected', () => {
    expect(runsOf(among([1, 2, 5]))).toEqual([]);
    expect(runsOf(among([1, 2, 7, 8]))).toEqual([]);
  });

  it('has no other run if three follow one another', () => {
    expect(runsOf(among([1, 3, 5, 6, 7]))).toEqual([{ from: 5, to: 7, ids: 3 }]);
  });
});
