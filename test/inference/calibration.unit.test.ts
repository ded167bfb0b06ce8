import fc from 'fast-check';
import { calibrate, calibrated, type Trial } from '../../shared/inference/calibration.ts';

/** Trials that were all said to be equally likely, some of which were right. */
function trials(probability: number, right: number, wrong: number): Trial[] {
  return Array.from({ length: right + wrong }, (_, i) => ({ probability, isRight: i < right }));
}

/** Returns the function from a predicted probability to a calibrated one. */
function calibrationBy(tried: readonly Trial[]): (probability: number) => number {
  const curve = calibrate(tried);
  return (probability) => calibrated(probability, curve);
}

test('a model that is right as often as it says is believed', () => {
  const sure = calibrationBy([...trials(0.9, 900, 100), ...trials(0.5, 500, 500), ...trials(0.2, 200, 800)]);
  for (const probability of [0.2, 0.5, 0.9]) expect(sure(probability)).toBeCloseTo(probability, 2);
});

test('a model that is too sure is believed as far as it was right', () => {
  const sure = calibrationBy([...trials(0.95, 700, 300), ...trials(0.6, 550, 450)]);
  expect(sure(0.95)).toBeCloseTo(0.7, 1);
  expect(sure(0.6)).toBeCloseTo(0.55, 1);
});

test('a model that is not sure enough is believed more than it says', () => {
  expect(calibrationBy([...trials(0.6, 900, 100), ...trials(0.3, 100, 900)])(0.6)).toBeGreaterThan(0.8);
});

test('without any trial a model is believed, and after one almost', () => {
  expect(calibrationBy([])(0.7)).toBeCloseTo(0.7);
  expect(Math.abs(calibrationBy(trials(0.9, 0, 1))(0.9) - 0.9)).toBeLessThan(0.1);
});

test('whatever the trials, what is made of a probability is one', () => {
  const trial = fc.record({ probability: fc.double({ min: 0, max: 1, noNaN: true }), isRight: fc.boolean() });
  fc.assert(
    fc.property(fc.array(trial, { maxLength: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (tried, said) => {
      const sure = calibrationBy(tried)(said);
      expect(sure >= 0 && sure <= 1).toBe(true);
    }),
  );
});
