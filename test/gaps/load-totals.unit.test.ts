import { loadTotals } from '../../shared/gaps/load-totals.ts';

/** A store that has one clean id in each block, and writes down what it is asked to add up. */
function recording() {
  const asked: string[] = [];
  const totals = async (_stream: string, from: number, to: number) => {
    asked.push(`${from}–${to}`);
    return { clean: to - from + 1, suspect: 0, reconstructed: 2, closed: 1 };
  };
  return { blocks: { totals }, asked };
}

test('a stream of a few million ids is added up by one call', async () => {
  const { blocks, asked } = recording();
  expect(await loadTotals(blocks, 'orders', { from: 7, to: 20_000 })).toMatchObject({ clean: 19_994, closed: 1 });
  expect(asked).toEqual(['7–20000']);
});

test('one of a hundred million ids is added up in pieces, which meet', async () => {
  const { blocks, asked } = recording();
  const sum = await loadTotals(blocks, 'orders', { from: 1, to: 600_000 });
  expect(asked).toEqual(['1–262144', '262145–524288', '524289–600000']);
  expect(sum).toEqual({ clean: 600_000, suspect: 0, reconstructed: 6, closed: 3 });
});

test('a range of any length takes 64 calls at the most', async () => {
  const { blocks, asked } = recording();
  expect(await loadTotals(blocks, 'orders', { from: 0, to: 2 ** 45 - 1 })).toMatchObject({ clean: 2 ** 45 });
  expect(asked).toHaveLength(64);
});

test('nothing is asked of no blocks', async () => {
  const { blocks, asked } = recording();
  expect(await loadTotals(blocks, 'orders', { from: 5, to: 4 })).toMatchObject({ clean: 0 });
  expect(asked).toEqual([]);
});
