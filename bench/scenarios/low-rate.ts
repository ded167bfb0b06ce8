import type { CountedScenario, Measure, Target } from '../scenario.ts';
import { countTrack } from '../simulated-track.ts';

const latency = { readMs: 15, writeMs: 25, varies: true };

/** The rate in events a second, how many seconds of it are run, and the most operations an event. */
const rates: readonly { readonly perSecond: number; readonly seconds: number; readonly most: number | undefined }[] = [
  { perSecond: 1, seconds: 300, most: 2 },
  { perSecond: 10, seconds: 100, most: 2 },
  { perSecond: 100, seconds: 40, most: 0.12 },
  { perSecond: 1_000, seconds: 20, most: 0.025 },
  { perSecond: 2_800, seconds: 10, most: undefined },
];

/** A transaction an event reads a document and writes it, and once more to mark it. */
const transaction = { value: 2, what: 'a transaction an event' };

/** One stream at its rates, with one instance and with two. */
export const lowRate: CountedScenario = {
  name: 'low rate',
  about: 'claims and marks of one stream at 1 to 2,800 events a second, in virtual time',
  isCounted: true,
  run: async (size) => {
    const measures: Measure[] = [];
    for (const { perSecond, seconds, most } of rates)
      for (const instances of [1, 2]) {
        const only = (target: Target): { target?: Target } => (instances === 1 ? { target } : {});
        const events = Math.ceil(perSecond * seconds * size);
        const counts = await countTrack({ events, perSecond, instances, inFlightEach: 1_000, latency });
        const at = `at ${perSecond}/s, ${instances} instance${instances === 1 ? '' : 's'}`;
        measures.push(
          {
            metric: `operations an event ${at}`,
            ours: counts.operations,
            baseline: transaction,
            ...(most === undefined ? {} : only({ atMost: most })),
          },
          { metric: `p99 of a claim in ms ${at}`, ours: counts.claimP99Ms, ...only({ atMost: 500 }) },
          { metric: `p99 unmarked in ms ${at}`, ours: counts.unmarkedP99Ms, ...only({ atMost: 1_100 }) },
          {
            metric: `writes a second of one document ${at}`,
            ours: counts.mostWritesASecond,
            ...(perSecond < 100 ? {} : only({ atMost: 6 })),
          },
        );
      }
    return measures;
  },
};

/** Many streams with an event a second each: every event is alone in its block. */
export const manyStreams: CountedScenario = {
  name: 'many streams',
  about: 'a thousand streams with an event a second each, in virtual time',
  isCounted: true,
  run: async (size) => {
    const streams = 1_000;
    const events = streams * Math.ceil(15 * size);
    const counts = await countTrack({
      events,
      perSecond: streams,
      streams,
      instances: 1,
      inFlightEach: 1_000,
      latency,
    });
    return [
      { metric: 'operations an event', ours: counts.operations, baseline: transaction, target: { atMost: 2.1 } },
      { metric: 'p99 of a claim in ms', ours: counts.claimP99Ms },
    ];
  },
};
