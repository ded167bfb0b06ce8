import fc from 'fast-check';
import { chooseRuns } from '../../../cli/evaluate/removal.ts';
import { makeRandom } from '../../../shared/embedded/random.ts';

const ids = fc.uniqueArray(fc.nat(400), { maxLength: 300 }).map((found) => Float64Array.from(found).sort());

test('runs are of their length, of known events, apart from each other, and within the stream', () => {
  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(ids, share, fc.integer({ min: 1, max: 4 }), fc.nat(), (known, part, runLength, seed) => {
      const runs = chooseRuns(known, { share: part, runLength, random: makeRandom(seed) });
      runs.forEach(({ from, to }, i) => {
        expect(to - from).toBe(runLength - 1);
        for (let id = from; id <= to; id++) expect(known.includes(id)).toBe(true);
        const before = known.filter((id) => id < from).at(-1);
        expect(before).toBeDefined();
        expect(before).toBeGreaterThan(runs[i - 1]?.to ?? -1);
        expect(known.some((id) => id > to)).toBe(true);
      });
    }),
  );
});

test('as many are removed as were asked for, where there is room', () => {
  const known = Float64Array.from({ length: 1_000 }, (_, i) => i);
  const removed = (share: number, runLength: number) =>
    chooseRuns(known, { share, runLength, random: makeRandom(1) }).length * runLength;
  expect([removed(0.05, 1), removed(0.06, 3), removed(0.0001, 1)]).toEqual([50, 60, 1]);
  expect(removed(0.9, 1)).toBeGreaterThan(400);
});
