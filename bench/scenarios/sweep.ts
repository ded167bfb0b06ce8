import { countSweptStream } from '../swept-stream.ts';
import type { CountedScenario, Measure } from '../scenario.ts';

/** Counts the reads that lost events cost `sweep`. */
export const sweep: CountedScenario = {
  name: 'sweep',
  about: 'documents that sweep reads if 1 % of the ids of a stream never come, in memory and in virtual time',
  isCounted: true,
  run: async (size) => {
    const measures: Measure[] = [];
    for (const ids of [100_000, 1_000_000]) {
      const counts = await countSweptStream(Math.ceil(ids * size), 0.01);
      const of = `of ${ids.toLocaleString('en')}`;
      measures.push(
        {
          metric: `reads a missing id over its life, 1 % ${of}`,
          ours: counts.readsAMissingId,
          target: { atMost: 4 },
        },
        {
          metric: `reads of a tick between deadlines, 1 % ${of}`,
          ours: counts.readsBetweenDeadlines,
          target: { atMost: 3 },
        },
      );
    }
    return measures;
  },
};
