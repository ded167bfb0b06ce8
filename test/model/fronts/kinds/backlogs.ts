import { emitIds, together } from '../arrivals.ts';
import { idSpan } from '../draw.ts';
import type { FrontKind } from '../front-stream.ts';

/** Streams whose events come in another order than that of their ids. */
export const backlogKinds: readonly FrontKind[] = [
  {
    name: 'a late beginning, then the backlog in random order',
    make: (draw) => {
      const { base, every, random, maxGap } = draw;
      const newest = emitIds(idSpan(base + 300, base + 400), random, { every });
      const startAt = 20 + 100 * every;
      const backlog = emitIds(draw.shuffled(idSpan(base, base + 300)), random, { startAt, every, loss: 0.03 });
      return { ...together(newest, backlog), settings: { maxGap: Math.max(maxGap, 50) } };
    },
  },
  {
    name: 'a backlog in random order',
    make: (draw) => {
      const { base, random, maxGap } = draw;
      const ids = draw.shuffled(idSpan(base, base + (draw.isLong ? 3_000 : 1_000)));
      return { ...emitIds(ids, random, { every: draw.oneOf([0.01, 0.1, 1]), loss: 0.03 }), settings: { maxGap } };
    },
  },
  {
    name: 'a backlog that is spread over a million numbers',
    make: (draw) => {
      const { base, random } = draw;
      const ids = draw.shuffled(idSpan(base, base + 1_000_000, draw.isLong ? 250 : 2_500));
      return { ...emitIds(ids, random, { every: draw.isLong ? 0.05 : 0.2 }), settings: { maxGap: 1_000 } };
    },
  },
  {
    name: 'descending ids',
    make: (draw) => {
      const { base, count, every, random, maxGap } = draw;
      const ids = idSpan(base + 1, base + count + 1).reverse();
      return { ...emitIds(ids, random, { every, loss: 0.05 }), settings: { maxGap } };
    },
  },
  {
    name: 'a backfill in strides',
    make: (draw) => {
      const { base, random, maxGap } = draw;
      const stride = draw.oneOf([7, maxGap, maxGap + 1, maxGap + 2]);
      const rounds = idSpan(0, stride).flatMap((k) => idSpan(base + k, base + 30 * stride, stride));
      // Of a wide stride only some rounds come.
      const ids = stride > 60 ? rounds.slice(0, draw.isLong ? 6_000 : 1_500) : rounds;
      return { ...emitIds(ids, random, { every: 0.2, loss: 0.03 }), settings: { maxGap } };
    },
  },
];
