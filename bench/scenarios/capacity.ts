import { limits, needsOf, type Load } from '../capacity.ts';
import type { CountedScenario, Measure } from '../scenario.ts';
import { countTrack, type TrackCounts } from '../simulated-track.ts';

const latency = { readMs: 15, writeMs: 25, varies: true };
/** Ten million events an hour. */
const perSecond = 10_000_000 / 3_600;
/** The events of a CPU second that scenario `instance` measures on Node 20, rounded down. */
const perCpuSecond = { validate: 4_500, track: 3_500 };
const validateMs = 15;

/** Ten million events an hour: what the measured figures say that they need. */
export const capacity: CountedScenario = {
  name: 'capacity',
  about: 'ten million events an hour on one stream and on ten thousand, by the counted and the measured figures',
  isCounted: true,
  run: async (size) => {
    const measures: Measure[] = [];
    const loads = [
      { streams: 1, instances: 1 },
      { streams: 1, instances: 2 },
      { streams: 10_000, instances: 1 },
      { streams: 10_000, instances: 2 },
    ];
    for (const { streams, instances } of loads) {
      // Each stream fills at least some of a block.
      const events = Math.ceil(Math.max(perSecond * 10, streams * 4) * size);
      const counts = await countTrack({ events, perSecond, streams, instances, inFlightEach: 1_000, latency });
      measures.push(...measuresOf({ streams, perSecond }, instances, counts));
    }
    return measures;
  },
};

function measuresOf(load: Load, instances: number, counts: TrackCounts): readonly Measure[] {
  const deliveryMs = { validate: validateMs, track: counts.claimP99Ms };
  const needs = needsOf(load, { writes: counts.writes, perCpuSecond, deliveryMs }, counts.mostWritesASecond);
  const on = `${load.streams.toLocaleString('en')} stream${load.streams === 1 ? '' : 's'}, ${instances} of track`;
  return [
    { metric: `busy CPUs of validate, ${on}`, ours: needs.cpus.validate },
    { metric: `busy CPUs of track, ${on}`, ours: needs.cpus.track },
    { metric: `operations an event, ${on}`, ours: counts.operations },
    { metric: `p99 of a claim in ms, ${on}`, ours: counts.claimP99Ms },
    {
      metric: `block writes a second of one stream, ${on}`,
      ours: needs.writesOfAStream,
      baseline: { value: limits.writesOfAGrowingIndex, what: 'the limit of a growing indexed field' },
    },
    {
      metric: `writes a second of one document, ${on}`,
      ours: needs.writesOfABlock,
      baseline: { value: limits.writesOfADocument, what: 'the soft limit of a document' },
    },
    { metric: `minutes of Firestore's ramp, ${on}`, ours: needs.rampMinutes },
  ];
}
