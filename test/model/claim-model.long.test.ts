import { scenarios } from './scenarios.ts';
import { search } from './search.ts';

/** The largest scenario takes some 15 s. */
const timeoutMs = 180_000;

describe('the rules, whatever happens', () => {
  test.each(scenarios)(
    'keep the invariants over $title',
    (scenario) => {
      const found = search(scenario);
      expect(found.violations).toEqual(new Map());
      expect(found.states).toBe(scenario.specifiedStates ?? found.states);
    },
    timeoutMs,
  );
});
