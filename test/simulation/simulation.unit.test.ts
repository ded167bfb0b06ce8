import { runSeed } from '../../cli/simulate/run.ts';
import { plantedBugs } from './planted-bugs.ts';

const seeds = Array.from({ length: 200 }, (_, i) => i + 1);

async function traceOf(seed: number): Promise<readonly string[]> {
  const lines: string[] = [];
  await runSeed(seed, { onLine: (line) => lines.push(line) });
  return lines;
}

describe('the pipeline keeps every law', () => {
  test.each([0, 50, 100, 150])('under the 50 seeds after seed %d', async (first) => {
    for (const seed of seeds.slice(first, first + 50)) {
      const { breaches } = await runSeed(seed);
      expect({ seed, breaches }).toEqual({ seed, breaches: [] });
    }
  });
});

test('a seed gives the same run, event by event, and another seed another', async () => {
  const trace = await traceOf(11);
  expect(trace.length).toBeGreaterThan(300);
  expect(await traceOf(11)).toEqual(trace);
  expect(await traceOf(12)).not.toEqual(trace);
});

describe('a planted bug is caught within 200 seeds', () => {
  test.each(Object.entries(plantedBugs))('%s', async (_, builders) => {
    for (const seed of seeds) {
      const { breaches } = await runSeed(seed, { builders });
      if (breaches.length > 0) return;
    }
    throw new Error('every law was kept');
  });
});
