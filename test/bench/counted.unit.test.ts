import { resultOf } from '../../bench/scenario.ts';
import { scenarios } from '../../bench/scenarios/index.ts';

/*
 * The counted figures of short runs. If an operation an event becomes more expensive by a tenth, say why in the commit, and
 * write the new figure here.
 */
const expected: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  writers: {
    'operations an event, 1 writer': 0.0115,
    'operations an event, 4 writers': 0.103,
    'operations an event, 16 writers': 0.675,
  },
  'low rate': {
    'operations an event at 1/s, 1 instance': 2.03,
    'operations an event at 1/s, 2 instances': 2.97,
    'operations an event at 10/s, 1 instance': 0.83,
    'operations an event at 10/s, 2 instances': 1.94,
    'operations an event at 100/s, 1 instance': 0.0775,
    'operations an event at 100/s, 2 instances': 0.263,
    'operations an event at 1000/s, 1 instance': 0.0225,
    'operations an event at 1000/s, 2 instances': 0.0635,
    'operations an event at 2800/s, 1 instance': 0.0157,
    'operations an event at 2800/s, 2 instances': 0.0521,
  },
  'many streams': { 'operations an event': 2.08 },
  sparse: { 'operations an event, strided by 256': 2.03, 'operations an event, in random order': 2.6 },
  unnumbered: {
    'operations an event, with a store of 8 ms': 0.0185,
    'operations an event, with a store of 25 ms': 0.0185,
  },
  sweep: {
    'reads a missing id over its life, 1 % of 100,000': 3.6,
    'reads of a tick between deadlines, 1 % of 100,000': 2,
    'reads a missing id over its life, 1 % of 1,000,000': 3.51,
    'reads of a tick between deadlines, 1 % of 1,000,000': 2,
  },
};

describe('the counted figures', () => {
  // Cost and capacity follow from the operations of the other scenarios.
  const derived = ['cost', 'capacity'];
  const counted = scenarios.filter((scenario) => scenario.isCounted).filter(({ name }) => !derived.includes(name));

  it.each(counted.map((scenario) => [scenario.name, scenario] as const))(
    'of %s have not grown by a tenth',
    async (name, scenario) => {
      const results = (await scenario.run(0.1)).map((measure) => resultOf(name, measure));
      const operations = results.filter(({ metric }) => /^(operations|reads)/.test(metric));
      expect(operations.map(({ metric }) => metric)).toEqual(Object.keys(expected[name] ?? {}));
      for (const { metric, ours } of operations)
        expect({ metric, isMore: ours > (expected[name]?.[metric] ?? 0) * 1.1 }).toEqual({ metric, isMore: false });
    },
  );
});

describe('a result', () => {
  it('is the figure, its ratio to the baseline, and whether the target is reached', () => {
    const measure = { metric: 'm', ours: 0.123_456, baseline: { value: 2, what: 'b' } };
    expect(resultOf('s', { ...measure, target: { atMost: 0.12 } })).toEqual({
      name: 's',
      metric: 'm',
      ours: 0.123,
      baseline: 2,
      ratio: 0.061_7,
      target: '≤ 0.12',
      passed: false,
    });
    expect(resultOf('s', { ...measure, target: { atLeast: 0.12 } })).toMatchObject({ target: '≥ 0.12', passed: true });
    expect(resultOf('s', { ...measure, ratio: 30, target: { of: 'ratio', atLeast: 31 } })).toMatchObject({
      ratio: 30,
      target: 'ratio ≥ 31',
      passed: false,
    });
    expect(resultOf('s', { metric: 'm', ours: 1 })).toMatchObject({
      baseline: null,
      ratio: null,
      target: null,
      passed: null,
    });
  });
});
