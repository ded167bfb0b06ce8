import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { countMissingIds } from '../../shared/gaps/count-missing-ids.ts';
import { atOnce, cellsOf, hold, idsFrom, noon } from '../support/builders.ts';

async function missingOf(held: readonly number[], from: number, to: number, step?: number): Promise<number> {
  const blocks = new EmbeddedBlockStore(atOnce);
  await hold(blocks, 'orders', cellsOf(held), noon);
  return countMissingIds(blocks, 'orders', { from, to }, step);
}

test('the ids of a range that have no entry are counted, in blocks at its ends and between', async () => {
  expect(await missingOf([99, 100, 300, 600, 900, 901], 100, 900)).toBe(801 - 4);
  expect(await missingOf([], 100, 100)).toBe(1);
});

test('with a step only the expected ids are counted', async () => {
  const everyTenth = idsFrom(10, 100).map((i) => 10 * i);
  expect(await missingOf([100, 150, 990, 1_000], 100, 1_000, 10)).toBe(91 - 4);
  expect(await missingOf(everyTenth, 100, 1_000, 10)).toBe(0);
  expect(await missingOf([...everyTenth.filter((id) => id !== 110), 111], 100, 1_000, 10)).toBe(1);
});
