import fc from 'fast-check';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { blockRanges, loadRangeCoverage } from '../../shared/gaps/range-coverage.ts';
import type { Range } from '../../shared/gaps/range.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { emptyBlock } from '../../shared/tracking/block.ts';
import { atOnce, cellsOf, hold, idsFrom } from '../support/builders.ts';

test('what two ranges hold is read from the blocks of their stream alone', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf([2, 700]));
  await hold(blocks, 'audit', cellsOf([1, 2, 3, 701]));
  const ranges = [
    { from: 1, to: 3 },
    { from: 700, to: 701 },
  ];
  expect((await loadRangeCoverage(blocks, 'orders', ranges)).map(({ holes }) => holes)).toEqual([
    [
      { from: 1, to: 1 },
      { from: 3, to: 3 },
    ],
    [{ from: 701, to: 701 }],
  ]);
});

test('the blocks of the ranges are read, each once, and no others', async () => {
  const { blocks, calls } = recording();
  const ranges = [
    { from: 1, to: 2 },
    { from: 4, to: 300 },
    { from: 1_000, to: 1_000 },
  ];
  await loadRangeCoverage(blocks, 'orders', ranges);
  expect(calls).toEqual(['scan 0–1', 'read 3']);
});

test('blocks that stand alone are read 64 by a call, in their order among longer ranges', async () => {
  const { blocks, calls } = recording();
  const alone = idsFrom(0, 69).map((i) => ({ from: 512 * i, to: 512 * i }));
  const ranges = [...alone, { from: 100_000, to: 101_000 }, { from: 200_000, to: 200_000 }];
  await loadRangeCoverage(blocks, 'orders', ranges);
  const indexes = idsFrom(0, 69).map((i) => 2 * i);
  expect(calls).toEqual([
    `read ${indexes.slice(0, 64).join(' ')}`,
    `read ${indexes.slice(64).join(' ')}`,
    'scan 390–394',
    'read 781',
  ]);
});

/** An empty store that writes down what it is asked for. */
function recording() {
  const calls: string[] = [];
  const blocks: Pick<BlockStore, 'read' | 'scan'> = {
    read: async (refs) => {
      calls.push(`read ${refs.map(({ index }) => index).join(' ')}`);
      return refs.map(({ index }) => ({ block: emptyBlock(index), version: undefined, expireAtMs: 0 }));
    },
    scan: async function* (_stream, from, to): AsyncGenerator<never> {
      calls.push(`scan ${from}–${to}`);
      yield* [];
    },
  };
  return { blocks, calls };
}

test('ranges that overlap are read once, and each has its own coverage', async () => {
  const { blocks, calls } = recording();
  const ranges = [
    { from: 1, to: 700 },
    { from: 2, to: 3 },
    { from: 300, to: 1_100 },
  ];
  const coverages = await loadRangeCoverage(blocks, 'orders', ranges);
  expect(calls).toEqual(['scan 0–4']);
  expect(coverages.map(({ missing }) => missing)).toEqual([700, 2, 801]);
});

test('a step is passed on', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf([20, 33]));
  const [coverage] = await loadRangeCoverage(blocks, 'orders', [{ from: 10, to: 40 }], 10);
  expect(coverage).toMatchObject({ missing: 3 });
});

test('nothing is read for no ranges', async () => {
  expect(await loadRangeCoverage(neverRead, 'orders', [])).toEqual([]);
});

const neverRead: BlockStore = new Proxy({} as BlockStore, {
  get: () => {
    throw new Error('the store was asked');
  },
});

test('ranges of one block, and of blocks that touch, are read at one go', () => {
  const ranges = [
    { from: 0, to: 3 },
    { from: 200, to: 255 },
    { from: 256, to: 256 },
    { from: 768, to: 769 },
  ];
  expect(blockRanges(ranges)).toEqual([
    { from: 0, to: 1 },
    { from: 3, to: 3 },
  ]);
});

const someRanges = fc
  .uniqueArray(fc.integer({ min: 0, max: 20_000 }), { maxLength: 20 })
  .map((ends) => ends.sort((a, b) => a - b))
  .map((ends) => ends.flatMap((from, i): Range[] => (i % 2 === 0 ? [{ from, to: ends[i + 1] ?? from }] : [])));

test('the blocks of any ranges are those of their ids, none of them twice', () => {
  fc.assert(
    fc.property(someRanges, (ranges) => {
      const expected = new Set<number>();
      for (const { from, to } of ranges) for (let id = from; id <= to; id++) expected.add(Math.floor(id / 256));
      const indexes: number[] = [];
      for (const { from, to } of blockRanges(ranges)) for (let index = from; index <= to; index++) indexes.push(index);
      expect(indexes).toEqual([...expected].sort((a, b) => a - b));
    }),
  );
});

test('reading ends between two calls once time is over, with the ranges that were read whole', async () => {
  const { blocks, calls } = recording();
  const ranges = idsFrom(0, 9).map((i) => ({ from: 1_024 * i + 250, to: 1_024 * i + 260 }));
  const coverages = await loadRangeCoverage(blocks, 'orders', ranges, 1, () => calls.length >= 3);
  expect(calls).toEqual(['scan 0–1', 'scan 4–5', 'scan 8–9']);
  expect(coverages.map(({ range, missing }) => [range, missing])).toEqual(
    ranges.slice(0, 3).map((range) => [range, 11]),
  );
});

test('reading ends within a scan once time is over, but never within the first range', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf(idsFrom(0, 20).map((i) => 256 * i)));
  const ranges = [
    { from: 1, to: 1_000 },
    { from: 1_002, to: 1_003 },
    { from: 1_010, to: 1_200 },
    { from: 1_300, to: 1_400 },
  ];
  const coverages = await loadRangeCoverage(blocks, 'orders', ranges, 1, () => true);
  expect(coverages.map(({ range, missing }) => [range.to, missing])).toEqual([
    [1_000, 997],
    [1_003, 2],
  ]);
  expect(await loadRangeCoverage(blocks, 'orders', ranges)).toHaveLength(4);
});
