import { suggestionFor } from '../../cli/suggest.ts';

const words = ['start', 'status', 'streams', 'gaps', 'dead-letters'];

test.each([
  ['gasp', 'gaps'],
  ['strat', 'start'],
  ['statsu', 'status'],
  ['steams', 'streams'],
  ['dead-leters', 'dead-letters'],
  ['dead', 'dead-letters'],
])('%s may have been meant as %s', (typed, word) => {
  expect(suggestionFor(typed, words)).toBe(word);
});

test.each(['x', 'evaluate', 'letters-dead'])('%s is like no word', (typed) => {
  expect(suggestionFor(typed, words)).toBeUndefined();
});
