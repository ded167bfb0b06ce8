import { hashCost } from '../hash-cost.ts';
import type { MeasuredScenario } from '../scenario.ts';

/** The parts of `validate` that every event costs. */
export const reading: MeasuredScenario = {
  name: 'reading',
  about: 'reading an event and digesting its content, in multiples of JSON.parse of its text (medians of ten rounds)',
  isCounted: false,
  run: (size) => {
    const { read, hash } = hashCost(11, Math.ceil(4_000 * size));
    return Promise.resolve([
      {
        metric: 'reading an event, with all checks of its JSON',
        ours: read,
        baseline: { value: 1, what: 'JSON.parse' },
      },
      { metric: 'digesting its content', ours: hash, baseline: { value: 1, what: 'JSON.parse' } },
    ]);
  },
};
