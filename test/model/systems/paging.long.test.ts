import { missedOf, recordCount } from './paged-search.ts';

test.each([1, 2])(
  'a list shows every other record if any record changes after %d pages',
  async (afterPages) => {
    for (let changed = 1; changed <= recordCount; changed++)
      expect([changed, await missedOf({ changed, afterPages })]).toEqual([changed, 0]);
  },
  120_000,
);
