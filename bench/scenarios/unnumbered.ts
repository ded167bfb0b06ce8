import type { CountedScenario } from '../scenario.ts';
import { yearOfAnEventAMinute } from '../stored-size.ts';
import { operationsAnEvent } from '../unnumbered-commits.ts';

const hourMs = 3_600_000;

/** Streams whose events have no numbers: what an event costs, and how much is stored. */
export const unnumbered: CountedScenario = {
  name: 'unnumbered',
  about: 'claims and marks of a stream without numbers at 1,000 events a second, in virtual time; stored bytes',
  isCounted: true,
  run: async (size) => {
    const events = Math.ceil(20_000 * size);
    const operations = await Promise.all(
      [8, 25].map(async (latencyMs) => ({
        metric: `operations an event, with a store of ${latencyMs} ms`,
        ours: await operationsAnEvent(latencyMs, events),
        baseline: { value: 1, what: 'a document created for each event' },
        target: { atMost: 0.05 },
      })),
    );
    const sizes = [
      { title: '16 hours', bucketMs: 16 * hourMs, target: { atMost: 100 } },
      { title: '1 second', bucketMs: 1_000 },
    ].map(({ title, bucketMs, ...rest }) => {
      const { documentBytes, indexBytes } = yearOfAnEventAMinute(bucketMs);
      const megabytes = (documentBytes + indexBytes) / 1e6;
      return { metric: `MB of a year with an event a minute, in buckets of ${title}`, ours: megabytes, ...rest };
    });
    return [...operations, ...sizes];
  },
};
