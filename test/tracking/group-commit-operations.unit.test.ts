import { countTrack, type Traffic } from '../../bench/simulated-track.ts';

const latency = { readMs: 15, writeMs: 25, varies: false };
const competing = { instances: 4, inFlightEach: 100, events: 5_000, duplicates: 100, disorder: 500, latency };

const traffic: readonly [string, Traffic][] = [
  ['without a pause', competing],
  ['at 1,000 events a second', { ...competing, perSecond: 1_000 }],
];

test.each(traffic)(
  'four instances that compete for a stream, with events up to 500 places out of order, publish each once: %s',
  async (_, one) => {
    expect(await countTrack(one)).toMatchObject({ published: 5_000, duplicates: 100 });
  },
);
