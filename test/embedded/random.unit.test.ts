import fc from 'fast-check';
import { makeRandom } from '../../shared/embedded/random.ts';

function draw(seed: number, times: number): number[] {
  const random = makeRandom(seed);
  return Array.from({ length: times }, () => random());
}

test('the numbers are those of mulberry32', () => {
  expect(draw(1, 3)).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
});

test('a seed gives the same numbers each time, and another seed others', () => {
  expect(draw(7, 20)).toEqual(draw(7, 20));
  expect(draw(8, 20)).not.toEqual(draw(7, 20));
});

test('every number is at least 0 and below 1, whatever the seed', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(draw(seed, 50).every((number) => number >= 0 && number < 1)).toBe(true);
    }),
  );
});

test('the numbers are spread evenly', () => {
  const tenths = new Array<number>(10).fill(0);
  for (const number of draw(42, 10_000)) tenths[Math.floor(number * 10)]!++;
  expect(Math.min(...tenths)).toBeGreaterThan(850);
  expect(Math.max(...tenths)).toBeLessThan(1_150);
});
