import { expectedMarks, outOfReach } from './coverage.ts';
import { runSeed, type RunOutcome } from './run.ts';
import { coveringSeeds, testSeeds } from './telling-seeds.ts';

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
  const lawSeeds = [...new Set([...coveringSeeds, ...testSeeds.slice(0, 40)])];

  test.each([0, 20, 40])('under the seeds of this list from the %dth on', async (first) => {
    for (const seed of lawSeeds.slice(first, first + 20)) {
      const { breaches } = await outcomeOf(seed);
      expect({ seed, breaches }).toEqual({ seed, breaches: [] });
    }
  });
});

test('some of 200 seeds meet every fault at every port method, every verdict, every dead-letter code and every rare situation', async () => {
  const missed = new Set(expectedMarks());
  const reached = new Set<string>();
  for (const seed of new Set([...coveringSeeds, ...testSeeds])) {
    for (const mark of (await outcomeOf(seed)).coverage.keys()) {
      missed.delete(mark);
      // A method that a function now calls must be taken off the list.
      for (const method of Object.keys(outOfReach)) if (mark.endsWith(`: ${method}`)) reached.add(method);
    }
    if (missed.size === 0) break;
  }
  expect({ missed: [...missed], reached: [...reached] }).toEqual({ missed: [], reached: [] });
});

test('the same seed gives the same trace, and another seed gives another trace', async () => {
  const trace = await traceOf(11);
  expect(trace.length).toBeGreaterThan(300);
  expect(await traceOf(11)).toEqual(trace);
  expect(await traceOf(12)).not.toEqual(trace);
});
