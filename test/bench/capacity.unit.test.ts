import { needsOf, rampMinutesTo } from '../../bench/capacity.ts';

it('needs no ramp up to 500 writes a second, and five minutes for each half more', () => {
  expect([500, 501, 750, 751, 1_125].map(rampMinutesTo)).toEqual([0, 5, 5, 10, 10]);
});

it('divides a rate by what a CPU handles, and multiplies it with how long a delivery lasts', () => {
  const figures = {
    writes: 0.5,
    perCpuSecond: { validate: 4_000, track: 2_000 },
    deliveryMs: { validate: 10, track: 200 },
  };
  expect(needsOf({ streams: 10, perSecond: 2_000 }, figures, 3)).toEqual({
    cpus: { validate: 0.5, track: 1 },
    inFlight: { validate: 20, track: 400 },
    writesOfAStream: 100,
    writesOfABlock: 3,
    rampMinutes: 10,
  });
});
