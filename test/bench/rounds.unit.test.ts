import { inBalancedRounds, median, medianRatio } from '../../bench/rounds.ts';

/** Runs two or more sides, and returns the order in which they ran. */
async function orderOf(names: readonly string[], rounds: number): Promise<string[]> {
  const order: string[] = [];
  const sides = names.map((name) => [name, (round: number) => Promise.resolve(order.push(`${name}${round}`))]);
  await inBalancedRounds(Object.fromEntries(sides) as Record<string, (round: number) => Promise<number>>, rounds);
  return order;
}

it('lets each side of a comparison run first equally often, after one round that warms all up', async () => {
  expect(await orderOf(['a', 'b'], 4)).toEqual(['a0', 'b0', 'a1', 'b1', 'b2', 'a2', 'b3', 'a3', 'a4', 'b4']);
});

it('runs each side before and after each other one', async () => {
  expect((await orderOf(['a', 'b', 'c'], 3)).slice(3)).toEqual(['a1', 'b1', 'c1', 'c2', 'b2', 'a2', 'b3', 'c3', 'a3']);
});

it('keeps the figures of each side, without those of the round that warms up', async () => {
  const figures = await inBalancedRounds({ a: (round) => Promise.resolve(round) }, 3);
  expect(figures).toEqual({ a: [1, 2, 3] });
});

it('takes the median of the ratios of the rounds, which is not the ratio of the medians', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(medianRatio([1, 20, 3], [1, 10, 30])).toBe(1);
});
