import { scenarios } from './scenarios.ts';
import { search } from './search.ts';

/** The largest scenario takes about 15 s. */
const timeoutMs = 180_000;

describe('the claim rules', () => {
  test.each(scenarios)(
    'keep the invariants with $title',
    (scenario) => {
      const found = search(scenario);
      expect(found.violations).toEqual(new Map());
      expect(found.states).toBe(scenario.specifiedStates ?? found.states);
    },
    timeoutMs,
  );
});
