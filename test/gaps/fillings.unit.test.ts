import fc from 'fast-check';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { blockRanges, loadFillings } from '../../shared/gaps/fillings.ts';
import type { Range } from '../../shared/gaps/range.ts';
import type { BlockStore } from '../../shared/ports.ts';
import { atOnce, cellsOf, hold } from '../support/builders.ts';

test('what two ranges hold is read from the blocks of their stream alone', async () => {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf([2, 700]));
  await hold(blocks, 'audit', cellsOf([1, 2, 3, 701]));
  const ranges = [
    { from: 1, to: 3 },
    { from: 700, to: 701 },
  ];
  expect((await loadFillings(blocks, 'orders', ranges)).map(({ missing }) => missing)).toEqual([
    [
      { from: 1, to: 1 },
      { from: 3, to: 3 },
    ],
    [{ from: 701, to: 701 }],
  ]);
});

test('the blocks of the ranges are read, each once, and no others', async () => {
  const scans: string[] = [];
  const blocks: Pick<BlockStore, 'scan'> = {
    scan: async function* (stream, from, to): AsyncGenerator<never> {
      scans.push(`${stream} ${from}–${to}`);
      yield* [];
    },
  };
  const ranges = [
    { from: 1, to: 2 },
    { from: 4, to: 300 },
    { from: 1_000, to: 1_000 },
  ];
  await loadFillings({ ...neverRead, ...blocks }, 'orders', ranges);
  expect(scans).toEqual(['orders 0–1', 'orders 3–3']);
});

test('nothing is read for no ranges', async () => {
  expect(await loadFillings(neverRead, 'orders', [])).toEqual([]);
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
