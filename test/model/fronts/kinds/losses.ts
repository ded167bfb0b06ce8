import { emitIds, together, voidsOf } from '../arrivals.ts';
import { idSpan } from '../draw.ts';
import type { FrontKind } from '../front-stream.ts';
import { mainTraffic } from './wrong-ids.ts';

/** Streams that lose many events at once, and streams whose producer answers or declares voids. */
export const lossKinds: readonly FrontKind[] = [
  {
    name: 'a burst of losses, answered',
    make: (draw) => {
      const { base, random, maxGap } = draw;
      const count = draw.isLong ? 400 : 200;
      const bursts = [{ from: count, to: 2 * count, share: draw.oneOf([0.05, 0.3, 0.5]) }];
      const traffic = emitIds(idSpan(base, base + 3 * count), random, { every: 0.5, bursts });
      return { ...traffic, settings: { maxGap }, answers: true, recovers: true };
    },
  },
  {
    name: 'a burst of losses, not answered',
    make: ({ base, random, maxGap, isLong }) => {
      const count = isLong ? 400 : 200;
      const bursts = [{ from: count, to: 2 * count, share: 0.5 }];
      return { ...emitIds(idSpan(base, base + 3 * count), random, { every: 0.5, bursts }), settings: { maxGap } };
    },
  },
  {
    name: 'an outage of 60 events in a row, answered',
    make: ({ base, random }) => {
      const bursts = [{ from: 200, to: 260, share: 1 }];
      const traffic = emitIds(idSpan(base, base + 500), random, { bursts });
      return { ...traffic, settings: { maxGap: 1_000 }, answers: true, recovers: true };
    },
  },
  ...[0, 1].map((more): FrontKind => ({
    name: `a hole of maxGap + ${more}`,
    make: ({ base, random, maxGap }) => {
      const bursts = [{ from: 70, to: 70 + maxGap + more, share: 1 }];
      const ids = idSpan(base, base + 150 + maxGap + more);
      return { ...emitIds(ids, random, { every: 3, bursts }), settings: { maxGap } };
    },
  })),
  {
    name: 'maxGap 1',
    make: ({ base, count, random }) => ({
      ...emitIds(idSpan(base, base + count), random, { every: 3, loss: 0.2 }),
      settings: { maxGap: 1 },
    }),
  },
  {
    name: 'losses that cannot be inferred',
    make: ({ base, random, maxGap }) => ({
      ...emitIds(idSpan(base, base + 400), random, { every: 12, loss: 0.08 }),
      settings: { maxGap },
      obstacle: 'too-uncertain',
    }),
  },
  {
    name: 'voids of what was never emitted',
    make: ({ base, random, maxGap }) => {
      const { arrivals, lost } = emitIds(idSpan(base, base + 300), random, { loss: 0.08 });
      const voids = [...lost].map((id) => voidsOf([{ from: id, to: id }], 10 + (id - base) + random() * 150));
      return { ...together({ arrivals, lost: new Set() }, ...voids), settings: { maxGap } };
    },
  },
  {
    name: 'voids of ranges, within the front and beyond it',
    make: (draw) => {
      const { base, count, maxGap } = draw;
      const size = Math.min(40, maxGap);
      const end = base + count;
      const ahead = voidsOf([{ from: end + 20, to: end + 19 + size }], 30);
      const next = voidsOf([{ from: end, to: end + size - 1 }], 40);
      return { ...together(mainTraffic(draw), ahead, next), settings: { maxGap } };
    },
  },
  {
    name: 'a start whose first events are lost',
    make: (draw) => {
      const { base, count, every, random, maxGap } = draw;
      const bursts = [{ from: 0, to: draw.integer(1, Math.min(maxGap, 60)), share: 1 }];
      const main = emitIds(idSpan(base, base + count), random, { every, loss: 0.05, bursts });
      const below = emitIds(idSpan(Math.max(0, base - 40), base, 3), random, { startAt: 12 });
      return { ...together(main, below), settings: { maxGap, start: base } };
    },
  },
];
