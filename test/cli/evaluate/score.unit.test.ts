import { scoreOf, type Judged } from '../../../cli/evaluate/score.ts';

const judged = (members: Partial<Judged> = {}): Judged => ({
  existed: true,
  isTypeRight: true,
  isEntityRight: undefined,
  confidence: 0.9,
  offMs: 0,
  ...members,
});

test('accuracies are shares of what was removed; of entities, of what has one', () => {
  const score = scoreOf([
    judged({ isEntityRight: true }),
    judged({ isTypeRight: false, isEntityRight: false }),
    judged(),
    judged({ isEntityRight: false }),
  ]);
  expect(score).toMatchObject({ typeAccuracy: 0.75, entityAccuracy: 1 / 3 });
});

test('timestamps are off by seconds, whichever way', () => {
  const off = (...ms: (number | undefined)[]) => scoreOf(ms.map((offMs) => judged({ offMs }))).timestampErrorSeconds;
  expect(off(-1_000, 2_000, 6_000)).toEqual({ median: 2, mean: 3 });
  expect(off(1_000, -2_000)).toEqual({ median: 1.5, mean: 1.5 });
  expect(off(undefined)).toEqual({ median: null, mean: null });
});

test('the calibration error is how far confidence is from accuracy in each of ten bins, weighed by how many are in it', () => {
  const sure = (confidence: number, ...right: boolean[]) =>
    right.map((isTypeRight) => judged({ confidence, isTypeRight }));
  // Three said 0.95, of which two are right; one said 0.25 and is wrong.
  const { ece, reliability } = scoreOf([...sure(0.95, true, true, false), ...sure(0.25, false)]);
  expect(ece).toBeCloseTo((3 / 4) * (0.95 - 2 / 3) + (1 / 4) * 0.25);
  expect(reliability[9]).toMatchObject({ from: 0.9, to: 1, count: 3, accuracy: 2 / 3 });
  expect(reliability[9]?.confidence).toBeCloseTo(0.95);
  expect(reliability[0]).toEqual({ from: 0, to: 0.1, count: 0, confidence: null, accuracy: null });
});

test('what never existed is wrong at any confidence, and has no type to be right about', () => {
  const never = judged({ existed: false, isTypeRight: false, offMs: undefined });
  const { typeAccuracy, reliability, publishable } = scoreOf([never, judged(), judged({ confidence: 0.79 })]);
  expect(typeAccuracy).toBe(1);
  expect(reliability[9]).toMatchObject({ count: 2, accuracy: 0.5 });
  expect(publishable).toEqual({ minConfidence: 0.8, count: 2, accuracy: 0.5 });
});

test('being entirely sure is in the last bin', () => {
  expect(scoreOf([judged({ confidence: 1 })]).reliability[9]?.count).toBe(1);
});
