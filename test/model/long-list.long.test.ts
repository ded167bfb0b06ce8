import { readLongList } from '../support/reconcile-runs.ts';

it('a list of 100,000 is read page by page within the budget, over many runs, and each event is published once', async () => {
  const { pages, runs, published, state, pagesASecond } = await readLongList({ count: 100_000, useShare: 0.5 });
  expect(pages).toBe(1_000);
  expect([published.length, new Set(published).size]).toEqual([100_000, 100_000]);
  expect(state).toMatchObject({ reading: undefined, last: { items: 100_000, missing: 100_000 } });
  // Stripe allows 25 pages a second. Of the half of it, comparisons have 30 %.
  expect(pagesASecond).toBeLessThan(3.75 + 0.1);
  expect(runs).toBeGreaterThan(2);
}, 120_000);
