import { byOffset, missedOf } from './paged-search.ts';

/** The first and last record of each page, and of the list. */
const positions = [1, 200, 201, 400, 401, 450];
const changes = [1, 2].flatMap((afterPages) => positions.map((changed) => ({ changed, afterPages })));

test.each(changes)(
  'a list shows every other record if record $changed changes after $afterPages pages',
  async (change) => {
    expect(await missedOf(change)).toBe(0);
  },
);

test('a list that is sorted by the change and paged by an offset misses a record', async () => {
  const missed = await Promise.all(
    [450, 400, 201, 1].map((changed) => missedOf({ changed, afterPages: 1 }, byOffset())),
  );
  expect(missed).toEqual([1, 1, 0, 0]);
});
