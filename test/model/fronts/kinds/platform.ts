import { emitIds, idPairs, together, type Arrival, type Traffic } from '../arrivals.ts';
import { idSpan, type Draw } from '../draw.ts';
import type { FrontKind, FrontStream, PlatformFaults } from '../front-stream.ts';
import { mainTraffic } from './wrong-ids.ts';

/** The number of events of a producer that sends one a minute. */
function minuteTraffic({ base, random }: Draw, count: number): Traffic {
  return emitIds(idSpan(base, base + count), random, { every: 60, loss: 0.05 });
}

/** Events, and old copies of them that come again much later. */
function withOldCopies({ arrivals, lost }: Traffic, { random }: Draw): Traffic {
  const copies = arrivals.map((arrival): Arrival => ({ ...arrival, at: arrival.at + 30_000 + random() * 9 }));
  return { arrivals: [...arrivals, ...copies], lost };
}

/** Losses that the producer sends again. The time allows for sweeps that achieve nothing. */
function answeredBurst({ base, random, maxGap }: Draw, faults: PlatformFaults, lateTicks: number): FrontStream {
  const bursts = [{ from: 100, to: 200, share: 0.3 }];
  const traffic = emitIds(idSpan(base, base + 400), random, { every: 0.5, bursts });
  return { ...traffic, settings: { maxGap }, faults, answers: true, recovers: true, allows: { lateTicks } };
}

/** Streams on a platform that fails: no ticks, crashes, overlapping sweeps, slow commits, and sweeps without time. */
export const platformKinds: readonly FrontKind[] = [
  {
    name: 'the scheduler sleeps for hours',
    make: (draw) => ({
      ...minuteTraffic(draw, draw.isLong ? 800 : 520),
      settings: { maxGap: draw.maxGap, maxJump: 300 },
      faults: { asleep: [{ from: 3_000, to: 30_000 }] },
    }),
  },
  {
    name: 'the scheduler sleeps longer than the window',
    make: (draw) => ({
      ...minuteTraffic(draw, draw.isLong ? 800 : 520),
      settings: { maxGap: draw.maxGap, windowMs: 20_000_000 },
      faults: { asleep: [{ from: 3_000, to: 30_000 }] },
      allows: { lettersAnHour: 20 },
      hidesLosses: true,
    }),
  },
  ...[false, true].map((isAsleep): FrontKind => ({
    name: `old copies come again after the window${isAsleep ? ', and no sweep ran' : ''}`,
    make: (draw) => ({
      ...withOldCopies(minuteTraffic(draw, draw.isLong ? 300 : 100), draw),
      settings: { maxGap: draw.maxGap, windowMs: 12_000_000 },
      ...(isAsleep && { faults: { asleep: [{ from: 3_000, to: 60_000 }] } }),
      allows: { refused: Number.POSITIVE_INFINITY },
      hidesLosses: true,
    }),
  })),
  {
    name: 'late and old events below the first one, after the window',
    make: ({ count, random, maxGap }) => {
      const main = emitIds(idSpan(1_000_000, 1_000_000 + count), random, { every: 300 });
      const old = idSpan(0, 100)
        .filter((k) => k !== 50)
        .map((k): Arrival => ({ at: 10 + 300 * count + k, id: 500 + k, stampedAt: k }));
      const lost = new Set([550]);
      return { ...together(main, { arrivals: old, lost }), settings: { maxGap, windowMs: 20_000_000 } };
    },
  },
  {
    name: 'sweeps crash',
    make: (draw) => ({
      ...mainTraffic(draw),
      settings: { maxGap: draw.maxGap },
      faults: { crashes: 0.3 },
      allows: { lateTicks: 8 },
    }),
  },
  {
    name: 'sweeps crash, and the producer answers',
    make: (draw) => answeredBurst(draw, { crashes: 0.3 }, 10),
  },
  {
    name: 'hundreds of gaps at once, and sweeps crash',
    make: ({ base, random, maxGap }) => ({
      ...emitIds(idSpan(base, base + 4_000), random, { every: 0.01, loss: 0.08 }),
      batch: 30,
      settings: { maxGap },
      faults: { crashes: 0.6 },
      allows: { lateTicks: 12 },
    }),
  },
  {
    name: 'sweeps overlap',
    make: (draw) => ({
      ...mainTraffic(draw),
      settings: { maxGap: draw.maxGap },
      faults: { overlaps: 0.5 },
      allows: { lateTicks: 5 },
    }),
  },
  {
    name: 'sweeps overlap, and the producer answers',
    make: (draw) => answeredBurst(draw, { overlaps: 0.5 }, 10),
  },
  {
    name: 'sweeps overlap in a backlog in random order',
    make: (draw) => ({
      ...emitIds(draw.shuffled(idSpan(draw.base, draw.base + 1_000)), draw.random, { every: 0.3, loss: 0.03 }),
      settings: { maxGap: draw.maxGap },
      faults: { overlaps: 0.5 },
      allows: { lateTicks: 5 },
    }),
  },
  {
    name: 'commits become visible late',
    make: (draw) => ({ ...mainTraffic(draw), settings: { maxGap: draw.maxGap }, faults: { commitDelay: 119 } }),
  },
  {
    name: 'commits become visible late, in random order',
    make: (draw) => ({
      ...emitIds(draw.shuffled(idSpan(draw.base, draw.base + 300)), draw.random, { every: 2, loss: 0.03 }),
      settings: { maxGap: draw.maxGap },
      faults: { commitDelay: 119 },
    }),
  },
  {
    name: 'the time of sweeps is over in the middle',
    make: (draw) => ({
      ...mainTraffic(draw),
      settings: { maxGap: draw.maxGap },
      faults: { callTime: draw.oneOf([1, 4]) },
      allows: { lateTicks: 60 },
    }),
  },
  {
    name: 'the time of sweeps is over in a backlog in random order',
    make: (draw) => ({
      ...emitIds(draw.shuffled(idSpan(draw.base, draw.base + 1_000)), draw.random, { every: 0.2, loss: 0.03 }),
      settings: { maxGap: draw.maxGap },
      faults: { callTime: draw.oneOf([1, 4]) },
      allows: { lateTicks: 90 },
    }),
  },
  {
    name: 'commits become visible late, each in a block of its own',
    make: ({ random, maxGap, isLong }) => ({
      ...idPairs(isLong ? 200 : 60, 4, () => 10 + random() * 900),
      settings: { maxGap },
      faults: { commitDelay: 119 },
    }),
  },
  {
    name: 'the scheduler sleeps, and then the time of sweeps is over',
    make: ({ random, maxGap }) => ({
      ...idPairs(50, 4, (position) => 600 + position * 60 + random() * 30),
      settings: { maxGap },
      faults: { asleep: [{ from: 900, to: 3_600 }], callTime: 3 },
      allows: { lateTicks: 60 },
    }),
  },
  {
    name: 'the time of sweeps is over, and the producer answers',
    make: (draw) => answeredBurst(draw, { callTime: draw.oneOf([1, 4]) }, 60),
  },
  {
    name: 'crashes, overlaps and late commits together',
    make: (draw) => ({
      ...mainTraffic(draw),
      settings: { maxGap: draw.maxGap },
      faults: { crashes: 0.15, overlaps: 0.3, commitDelay: 60 },
      allows: { lateTicks: 10 },
    }),
  },
];
