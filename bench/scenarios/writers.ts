import type { CountedScenario, Measure } from '../scenario.ts';
import { countTrack } from '../simulated-track.ts';

const latency = { readMs: 15, writeMs: 25, varies: false };
const most: Readonly<Record<number, number>> = { 1: 0.012, 4: 0.05, 16: 0.2 };

/** One hot stream, as fast as the writers can. */
export const writers: CountedScenario = {
  name: 'writers',
  about: 'claims and marks of one hot stream, shuffled within 50 places, by 1, 4 and 16 writers without a pause',
  isCounted: true,
  run: async (size) => {
    const measures: Measure[] = [];
    for (const instances of [1, 4, 16]) {
      const events = Math.ceil(20_000 * size);
      const counts = await countTrack({ events, instances, inFlightEach: 1_000, disorder: 50, latency });
      measures.push({
        metric: `operations an event, ${instances} writer${instances === 1 ? '' : 's'}`,
        ours: counts.operations,
        baseline: { value: 1, what: 'a document created for each event, never read, never marked' },
        target: { atMost: most[instances] ?? 1 },
      });
    }
    return measures;
  },
};
