import { lawsBrokenIn, runListed, type ListChange } from './listed-run.ts';

/* Streams that are compared with a list: nothing that the list holds is lost, and nothing comes out twice. */

// test/model runs more of them.
const seeds = [1, 2];

test('no run breaks a law, and the runs meet every trouble', async () => {
  const runs = await Promise.all(seeds.map((seed) => runListed(seed)));
  expect(runs.map(lawsBrokenIn)).toEqual(seeds.map(() => []));
  for (const trouble of ['outage', 'unknown cursor', 'late', 'recovered', 'copy of recovered'] as const)
    expect([trouble, runs.some(({ met }) => met[trouble] > 0)]).toEqual([trouble, true]);
});

test.each<[string, RegExp, ListChange]>([
  [
    'a page whose last item is skipped',
    /^lost/,
    (list) => ({
      page: async (query, after) => {
        const page = await list.page(query, after);
        return page === 'unknown cursor' ? page : { ...page, items: page.items.slice(0, -1) };
      },
    }),
  ],
  [
    'a list that is read to its first page only',
    /^lost/,
    (list) => ({
      page: async (query, after) => {
        const page = await list.page(query, after);
        return page === 'unknown cursor' ? page : { ...page, next: undefined };
      },
    }),
  ],
  [
    'items with another key than their messages',
    /^published under a key/,
    (list) => ({
      page: async (query, after) => {
        const page = await list.page(query, after);
        const other = (item: string): string => item.replace('"evt_', '"evt_of_list_');
        return page === 'unknown cursor' ? page : { ...page, items: page.items.map(other) };
      },
    }),
  ],
])('the laws catch %s', async (_, law, change) => {
  const runs = [await runListed(1, change)];
  expect(runs.flatMap(lawsBrokenIn).join('\n')).toMatch(new RegExp(law.source, 'm'));
});
