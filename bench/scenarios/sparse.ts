import { makeRandom } from '../../shared/embedded/random.ts';
import { blockSize } from '../../shared/tracking/block.ts';
import type { CountedScenario, Measure } from '../scenario.ts';
import { countTrack } from '../simulated-track.ts';

const latency = { readMs: 15, writeMs: 25, varies: true };
const million = 1_000_000;

/** The order of a million ids, of which the first ones come. */
function shuffled(events: number): (n: number) => number {
  const random = makeRandom(3);
  const ids = new Set<number>();
  while (ids.size < events) ids.add(Math.floor(random() * million));
  const order = [...ids];
  return (n) => order[n] ?? million + n;
}

/** Streams in which nearly every event has a block of its own. */
export const sparse: CountedScenario = {
  name: 'sparse',
  about: 'ids strided by 256, and in random order over a million, at 1,000 events a second, in virtual time',
  isCounted: true,
  run: async (size) => {
    const events = Math.ceil(20_000 * size);
    const kinds = [
      { title: 'strided by 256', idOf: (n: number) => n * blockSize },
      { title: 'in random order', idOf: shuffled(events) },
    ];
    const measures: Measure[] = [];
    for (const { title, idOf } of kinds) {
      const counts = await countTrack({ events, perSecond: 1_000, instances: 1, inFlightEach: 1_000, idOf, latency });
      measures.push(
        { metric: `p99 of a claim in ms, ${title}`, ours: counts.claimP99Ms, target: { atMost: 1_000 } },
        { metric: `operations an event, ${title}`, ours: counts.operations },
      );
    }
    return measures;
  },
};
