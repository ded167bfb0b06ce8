import { describeOutcome } from '../../shared/views/describe-outcome.ts';
import { gapView } from '../../shared/views/gap-view.ts';
import { aGap, noon } from '../support/builders.ts';

describe('the outcome of an inferred gap', () => {
  const inferred = { method: 'context', confidence: 0.871, existed: 0.99, resolvedAtMs: noon } as const;
  const outcomeOf = (gap: Parameters<typeof aGap>[0]) => describeOutcome(gapView(aGap(gap)));

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

  test('says how many ids were inferred, if the others came', () => {
    expect(outcomeOf({ ...inferred, to: 9, state: 'reconstructed', inferred: 2 })).toMatch(
      /^2 of 5 inferred, by context/,
    );
    expect(outcomeOf({ ...inferred, to: 6, state: 'reconstructed', inferred: 2 })).toMatch(/^inferred events, by/);
  });

  test('says how many ids were inferred and how many given up, and why', () => {
    const gap = { ...inferred, to: 9, state: 'abandoned', why: 'too-uncertain', letterFrom: 5 } as const;
    expect(outcomeOf({ ...gap, inferred: 2, missing: 3 })).toBe(
      '2 inferred, by context, confidence 0.87 or more (existed: 0.99), and 3 given up: ' +
        'too uncertain to be inferred; a dead letter lists it',
    );
    expect(outcomeOf({ ...gap, inferred: 1, missing: 3, cameLateAtMs: noon })).toMatch(
      /^1 inferred.*, and 3 given up, and some came after all: too uncertain/,
    );
    expect(outcomeOf({ ...gap, inferred: 0, missing: 3, cameLateAtMs: noon })).toMatch(
      /^given up, and some came after all: too uncertain/,
    );
  });
});

describe('the outcome of an unresolved gap', () => {
  const outcomeOf = (doubt?: string) =>
    describeOutcome(gapView(aGap({ to: 9, state: 'requested' }), { missing: 5, doubt }));

  test('says that the gap is doubtful, and what the numbers look like', () => {
    expect(outcomeOf('do ids grow by 2?')).toBe('nothing yet; doubtful: do ids grow by 2?');
    expect(outcomeOf()).toBe('nothing yet');
  });
});

describe('the reason why a gap was given up', () => {
  const reasonOf = (why: string) => describeOutcome(gapView(aGap({ state: 'abandoned', why, resolvedAtMs: noon })));

  test('is in words, also if it is recorded as codes', () => {
    expect(reasonOf('type-not-inferable, too-uncertain')).toBe(
      'given up: the catalog does not allow to infer its type, too uncertain to be inferred',
    );
    expect(reasonOf('nothing-known-around')).toBe('given up: no event is known around');
    expect(reasonOf('too-long')).toBe('given up: more ids than maxGap');
    expect(reasonOf('between two fronts, or not')).toBe('given up: between two fronts, or not');
  });
});
