import { largeLetterScenarios } from './letter-scenarios.ts';
import { searchLetters } from './letter-search.ts';

/** The largest scenario takes about a minute. */
const timeoutMs = 300_000;

describe('a message, its letter and its replays', () => {
  test.each(largeLetterScenarios)(
    'keep the laws: $title',
    (scenario) => {
      expect([...searchLetters(scenario).broken].map(([law, way]) => [law, ...way])).toEqual([]);
    },
    timeoutMs,
  );
});
