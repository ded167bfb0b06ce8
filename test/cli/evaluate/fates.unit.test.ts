import { drawFates, runsToLearnFrom } from '../../../cli/evaluate/fates.ts';
import { makeRandom } from '../../../shared/embedded/random.ts';
import { idsFrom } from '../../support/builders.ts';

function shareOf(holes: number, answers: number) {
  const fates = [...drawFates(idsFrom(1, 10_000), { holes, answers }, makeRandom(1)).values()];
  const share = (is: (fate: (typeof fates)[number]) => boolean) => fates.filter(is).length / fates.length;
  return [share(({ existed }) => !existed), share(({ isAnswered }) => isAnswered)] as const;
}

test('of the removed ids, the shares that were asked for never existed and are answered', () => {
  const [holes, answers] = shareOf(0.14, 0.5);
  expect(holes).toBeCloseTo(0.14, 1);
  expect(answers).toBeCloseTo(0.5, 1);
});

test('a share of 0 is none, and a share of 1 is all', () => {
  expect(shareOf(0, 1)).toEqual([0, 1]);
  expect(shareOf(1, 0)).toEqual([1, 0]);
});

test('half of the runs are only learned from, if there is something to learn', () => {
  expect(runsToLearnFrom(9, { holes: 0.1, answers: 0.1 })).toBe(4);
  expect(runsToLearnFrom(9, { holes: 0.1, answers: 0 })).toBe(0);
});
