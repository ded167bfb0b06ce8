import fc from 'fast-check';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { outlinesIn } from '../../shared/gaps/block-outline.ts';
import { HoleFinder } from '../../shared/gaps/holes.ts';
import { holePages, type HolePage, type HolePageSize } from '../../shared/gaps/hole-pages.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { atOnce, blocksWith, cellsOf, hold, idsFrom } from '../support/builders.ts';

async function pagesOf(ids: readonly number[], range: Range, size: Partial<HolePageSize> = {}): Promise<HolePage[]> {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf(ids));
  const pages: HolePage[] = [];
  for await (const page of holePages(outlinesIn(blocks), 'orders', range, { maxHoles: 200, maxIds: 2 ** 20, ...size }))
    pages.push(page);
  return pages;
}

test('each page of gaps saves progress only up to the gaps that it holds', async () => {
  expect(await pagesOf([1, 4, 6, 8], { from: 1, to: 8 }, { maxHoles: 2 })).toEqual([
    {
      holes: [
        { from: 2, to: 3 },
        { from: 5, to: 5 },
      ],
      upTo: 5,
    },
    { holes: [{ from: 7, to: 7 }], upTo: 8 },
  ]);
});

test('a hole that a page does not see the end of is left to the next, whole', async () => {
  const pages = await pagesOf([1, 2, 300, 1_000], { from: 1, to: 1_100 }, { maxIds: 2 });
  expect(pages).toEqual([
    { holes: [], upTo: 2 },
    { holes: [{ from: 3, to: 299 }], upTo: 300 },
    { holes: [{ from: 301, to: 999 }], upTo: 1_000 },
    { holes: [{ from: 1_001, to: 1_100 }], upTo: 1_100 },
  ]);
});

test('a range without a block is one hole', async () => {
  const range = { from: 5, to: 2 ** 53 - 1 };
  expect(await pagesOf([], range)).toEqual([{ holes: [range], upTo: range.to }]);
});

test('the pages together have every hole once, and none has more than it may, however the ids lie', async () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 1_500 }), { maxLength: 300 });
  const ends = fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 900 }));
  const size = fc.record({ maxHoles: fc.integer({ min: 1, max: 20 }), maxIds: fc.integer({ min: 1, max: 600 }) });
  await fc.assert(
    fc.asyncProperty(ids, ends, size, async (held, [from, more], sizes) => {
      const range = { from, to: from + more };
      const pages = await pagesOf(held, range, sizes);
      const finder = new HoleFinder([range], 1, Number.POSITIVE_INFINITY);
      for (const block of blocksWith(cellsOf(held))) finder.see(block);
      expect(pages.flatMap(({ holes }) => holes)).toEqual(finder.coverage()[0]?.holes);
      let told = from - 1;
      for (const { holes, upTo } of pages) {
        expect(holes.length).toBeLessThanOrEqual(sizes.maxHoles);
        for (const hole of holes) expect([hole.from > told, hole.to <= upTo]).toEqual([true, true]);
        told = upTo;
      }
      expect(told).toBe(range.to);
    }),
  );
});

test('many holes in one block are as many pages as they need', async () => {
  const pages = await pagesOf(
    idsFrom(0, 127).map((i) => 2 * i),
    { from: 0, to: 255 },
    { maxHoles: 50 },
  );
  expect(pages.map(({ holes, upTo }) => [holes.length, upTo])).toEqual([
    [50, 99],
    [50, 199],
    [28, 255],
  ]);
});
