import { blockSize } from '../../../../shared/tracking/block.ts';
import { emitIds, strayIds, together, type Traffic } from '../arrivals.ts';
import { idSpan, type Draw } from '../draw.ts';
import type { FrontKind } from '../front-stream.ts';

/** Consecutive ids of one producer, of which one in twenty gets lost. */
export function mainTraffic({ base, count, every, random }: Draw, startAt = 10): Traffic {
  return emitIds(idSpan(base, base + count), random, { startAt, every, loss: 0.05 });
}

/** A time at which the main producer is at work. */
function midway({ count, every, random }: Draw): number {
  return 10 + count * every * random();
}

/** The lowest of the wrong ids. */
function wrongId({ base, count, far }: Draw): number {
  return base + count + far;
}

/** Streams in which some events have wrong ids. */
export const wrongIdKinds: readonly FrontKind[] = [
  {
    name: 'one wrong high id, first',
    make: (draw) => ({
      ...together(strayIds([wrongId(draw)], 1), mainTraffic(draw)),
      settings: { maxGap: draw.maxGap },
    }),
  },
  {
    name: 'one wrong high id, second',
    make: (draw) => ({
      ...together(strayIds([draw.base], 1), strayIds([wrongId(draw)], 2), mainTraffic(draw)),
      settings: { maxGap: draw.maxGap },
    }),
  },
  {
    name: 'one wrong high id, in the middle',
    make: (draw) => ({
      ...together(mainTraffic(draw), strayIds([wrongId(draw)], midway(draw))),
      settings: { maxGap: draw.maxGap },
    }),
  },
  {
    name: 'one wrong id, beyond the maximum jump',
    make: (draw) => ({
      ...together(mainTraffic(draw), strayIds([wrongId(draw) + 1_000_000], 10 + draw.count * draw.every)),
      settings: { maxGap: draw.maxGap },
      mustRefuse: 1,
    }),
  },
  {
    name: 'one wrong id, just ahead',
    make: (draw) => {
      const { base, count, random, maxGap } = draw;
      const every = draw.oneOf([3, 60, 600]);
      const half = Math.floor(count / 2);
      const ahead = base + half + draw.integer(2, draw.oneOf([maxGap, Math.min(maxGap, 60)]) + 2);
      const main = emitIds(idSpan(base, base + count), random, { every });
      return {
        ...together(main, strayIds([ahead], 10 + half * every)),
        settings: { maxGap },
        allows: { early: 16 },
      };
    },
  },
  {
    name: 'two wrong ids near each other',
    make: (draw) => {
      const { far, maxGap } = draw;
      const ids = [wrongId(draw), wrongId(draw) + draw.integer(1, maxGap + 2)];
      return {
        ...together(mainTraffic(draw), strayIds(ids, midway(draw))),
        settings: { maxGap },
        allows: { invented: far > 3 * maxGap ? 0 : Number.POSITIVE_INFINITY },
      };
    },
  },
  {
    name: 'wrong ids at many places',
    make: (draw) => {
      const { base, count, maxGap } = draw;
      const places = idSpan(1, draw.isLong ? 300 : 290);
      const ids = places.map((k) => base + count + (maxGap + 2) * 3 * k);
      return {
        ...together(mainTraffic(draw), strayIds(ids, midway(draw))),
        settings: { maxGap: draw.oneOf([5, 50]) },
      };
    },
  },
  {
    name: 'hundreds of wrong ids, and later their neighbours',
    make: (draw) => {
      // Each wrong id is the last one of its block, so its neighbours are in the next block.
      const from = Math.ceil((draw.base + 2 * draw.count) / blockSize) * blockSize - 1;
      const places = idSpan(from, from + 400 * blockSize, blockSize);
      const near = places.filter((_, k) => k % 10 === 0);
      const neighbours = near.flatMap((id) => [id + 2, id + 3]);
      const stray = together(strayIds(places, 10), strayIds(neighbours, 800));
      return {
        ...together(mainTraffic(draw), { ...stray, lost: new Set(near.map((id) => id + 1)) }),
        settings: { maxGap: draw.oneOf([20, 50]) },
      };
    },
  },
];
