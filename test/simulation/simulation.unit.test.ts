import { expectedMarks, outOfReach } from './coverage.ts';
import { runSeed, type RunOutcome } from './run.ts';
import { testSeeds } from './test-seeds.ts';

const outcomes = new Map<number, Promise<RunOutcome>>();

/** Runs a seed once, for all tests. */
function outcomeOf(seed: number): Promise<RunOutcome> {
  const outcome = outcomes.get(seed) ?? runSeed(seed);
  outcomes.set(seed, outcome);
  return outcome;
}

async function traceOf(seed: number): Promise<readonly string[]> {
  const lines: string[] = [];
  await runSeed(seed, { onLine: (line) => lines.push(line) });
  return lines;
}

describe('the pipeline keeps every law', () => {
  test.each([0, 50, 100, 150])('under the 50 seeds after seed %d', async (first) => {
    for (const seed of testSeeds.slice(first, first + 50)) {
      const { breaches } = await outcomeOf(seed);
      expect({ seed, breaches }).toEqual({ seed, breaches: [] });
    }
  });
});

test('the seeds meet every fault at every port method, every verdict, every dead-letter code and every rare situation', async () => {
  const met = new Set<string>();
  for (const seed of testSeeds) for (const mark of (await outcomeOf(seed)).coverage.keys()) met.add(mark);
  const missed = expectedMarks().filter((mark) => !met.has(mark));
  expect({ missed }).toEqual({ missed: [] });
  // A method that a function now calls must be taken off the list.
  const reached = Object.keys(outOfReach).filter((method) => [...met].some((mark) => mark.endsWith(`: ${method}`)));
  expect({ reached }).toEqual({ reached: [] });
});

test('the same seed gives the same trace, and another seed gives another trace', async () => {
  const trace = await traceOf(11);
  expect(trace.length).toBeGreaterThan(300);
  expect(await traceOf(11)).toEqual(trace);
  expect(await traceOf(12)).not.toEqual(trace);
});
