import { describeOutcome } from '../../shared/views/describe-outcome.ts';
import { gapView } from '../../shared/views/gap-view.ts';
import { aGap, noon } from '../support/builders.ts';

describe('the outcome of an inferred gap', () => {
  const inferred = { method: 'context', confidence: 0.871, existed: 0.99, resolvedAtMs: noon } as const;
  const outcomeOf = (gap: Parameters<typeof aGap>[0]) => describeOutcome(gapView(aGap(gap), undefined));

  test('names the confidence, and the factor of it that the event existed', () => {
    expect(outcomeOf({ ...inferred, state: 'reconstructed' })).toBe(
      'an inferred event, by context, confidence 0.87 (existed: 0.99)',
    );
  });

  test('names the lowest confidence of several events', () => {
    expect(outcomeOf({ ...inferred, to: 9, state: 'abandoned' })).toBe(
      'some inferred, by context, confidence 0.87 or more (existed: 0.99), and the rest given up',
    );
  });

  test('names no confidence where an old row has none', () => {
    expect(outcomeOf({ state: 'reconstructed', method: 'entity', resolvedAtMs: noon })).toBe(
      'an inferred event, by entity',
    );
  });
});
