import { emitIds, together } from '../arrivals.ts';
import { idSpan } from '../draw.ts';
import type { FrontKind } from '../front-stream.ts';
import { mainTraffic } from './wrong-ids.ts';

const daySeconds = 86_400;

/** Streams with several runs of ids: numbering that restarts, several producers, pauses and jumps. */
export const sequenceKinds: readonly FrontKind[] = [
  {
    name: 'a restart at 1 within the window',
    make: ({ count, random, maxGap }) => {
      const run = (startAt: number) => emitIds(idSpan(1, count), random, { startAt, every: 3, loss: 0.03 });
      return { ...together(run(10), run(30 + 3 * count)), settings: { maxGap }, hidesLosses: true };
    },
  },
  {
    name: 'a restart at 1 after the window',
    make: ({ count, random, maxGap }) => {
      const first = emitIds(idSpan(1, count), random, { every: 3, loss: 0.03 });
      const startAt = 50_000 + 3 * count;
      const second = emitIds(idSpan(1, Math.floor(count / 2)), random, { startAt, every: 3, loss: 0.03 });
      const lostAgain = { at: startAt - 100, ids: second.lost };
      return { ...together(first, second), settings: { maxGap, windowMs: 40_000_000 }, lostAgain };
    },
  },
  {
    name: 'a restart at 1 while the window passes',
    make: ({ random, maxGap, isLong }) => {
      const count = isLong ? 400 : 200;
      const first = emitIds(idSpan(1, count), random, { every: 60, loss: 0.03 });
      const options = { startAt: 10 + 60 * count, every: 60, loss: 0.03 };
      const second = emitIds(idSpan(1, count - 100), random, options);
      return { ...together(first, second), settings: { maxGap, windowMs: 9_000_000 } };
    },
  },
  {
    name: 'two sequences, far apart',
    make: (draw) => {
      const { base, count, far, every, random, maxGap } = draw;
      const from = base + count + far + maxGap;
      const other = emitIds(idSpan(from, from + count), random, { startAt: 11, every: every * 1.1, loss: 0.05 });
      return { ...together(mainTraffic(draw), other), settings: { maxGap } };
    },
  },
  {
    name: 'two sequences, near each other',
    make: (draw) => {
      const { base, count, every, random, maxGap } = draw;
      const ids = idSpan(base + Math.floor(count / 2), base + 2 * count);
      const other = emitIds(ids, random, { startAt: 11, every, loss: 0.05 });
      return { ...together(mainTraffic(draw), other), settings: { maxGap } };
    },
  },
  {
    name: 'two slow sequences, far apart',
    make: ({ random, maxGap, isLong }) => {
      const count = isLong ? 79 : 30;
      const low = emitIds(idSpan(1, 1 + count), random, { every: 900, loss: 0.05 });
      const high = emitIds(idSpan(9 ** 6, 9 ** 6 + count), random, { startAt: 460, every: 900 });
      return { ...together(low, high), settings: { maxGap }, allows: { letters: 6 } };
    },
  },
  {
    name: 'events between two fronts, after their range was given up',
    make: (draw) => {
      const { every, random } = draw;
      const count = 120;
      const upper = draw.oneOf([801, 20_001]);
      const middle = draw.oneOf([1 + count, (upper - 1) / 2]);
      const run = (from: number, startAt: number) =>
        emitIds(idSpan(from, from + count), random, { startAt, every, loss: 0.05 });
      const later = 10 + count * every + 600;
      // The upper front goes on alone. So what is between is given up, and then it comes after all.
      const traffic = together(run(1, 10), run(upper, later), run(middle, later + count * every + 600));
      return { ...traffic, settings: { maxGap: draw.oneOf([5, 50]) } };
    },
  },
  {
    name: 'three fronts, of which the upper two meet',
    make: (draw) => {
      const { random } = draw;
      const maxGap = draw.oneOf([5, 50]);
      const run = (from: number, count: number, startAt: number) =>
        emitIds(idSpan(from, from + count), random, { startAt, loss: 0.05 });
      // The lowest one grows until the two others have met, so the range above it is given up only then.
      const low = emitIds(idSpan(1, 150), random, { every: 10, loss: 0.05 });
      const middle = run(2_000, 60, 20);
      const high = together(run(2_200, 60, 200), run(2_260, 60, 900));
      const filling = run(2_060, 140, 1_100);
      const rest = run(2_320, 60, 2_400);
      return { ...together(low, middle, high, filling, rest), settings: { maxGap } };
    },
  },
  ...[1_000, 1_000_000].map((higher): FrontKind => ({
    name: `an operator resets the numbering to an id ${higher} above`,
    make: ({ count, random, maxGap }) => {
      const resetAt = 30 + 3 * count;
      const [first, from] = [emitIds(idSpan(1, count), random, { every: 3, loss: 0.05 }), count + higher];
      // The first three events of the new numbering are lost, too.
      const bursts = [{ from: 0, to: 3, share: 1 }];
      const ids = idSpan(from, from + 2 * count);
      const second = emitIds(ids, random, { startAt: resetAt + 90, every: 3, loss: 0.05, bursts });
      // Gaps of the old numbering are given up first, at most ten minutes after the last letter.
      return {
        ...together(first, second),
        settings: { maxGap },
        reset: { at: resetAt, from },
        allows: { lateTicks: 14 },
      };
    },
  })),
  {
    name: 'an operator resets the numbering to 1',
    make: ({ count, random, maxGap }) => {
      const resetAt = 30 + 3 * count;
      const first = emitIds(idSpan(1, count), random, { every: 3, loss: 0.05 });
      const second = emitIds(idSpan(1, 2 * count), random, { startAt: resetAt + 90, every: 3, loss: 0.05 });
      const reset = { at: resetAt, from: 1 };
      return { ...together(first, second), settings: { maxGap }, reset, hidesLosses: true, allows: { lateTicks: 14 } };
    },
  },
  {
    name: 'silence for days',
    make: ({ count, random, maxGap, isLong }) => {
      const first = emitIds(idSpan(1, count), random, { every: 3, loss: 0.05 });
      const startAt = daySeconds * (isLong ? 7 : 0.5);
      const second = emitIds(idSpan(count, 2 * count), random, { startAt, every: 3, loss: 0.05 });
      return { ...together(first, second), settings: { maxGap } };
    },
  },
  {
    name: 'jumps by a million',
    make: ({ random, maxGap }) => {
      const runs = idSpan(0, 5).map((k) => {
        const from = 1 + k * (1_000_000 - 90);
        return emitIds(idSpan(from, from + 90), random, { startAt: 10 + k * 2_000, every: 3, loss: 0.05 });
      });
      return { ...together(...runs), settings: { maxGap } };
    },
  },
  {
    name: 'twenty fronts at once',
    make: ({ random, maxGap, isLong }) => {
      const runs = idSpan(0, 20).map((k) => {
        const from = 1 + 100_000 * k;
        const ids = idSpan(from, from + (isLong ? 59 : 30));
        return emitIds(ids, random, { startAt: 10 + k, every: 30, loss: 0.05 });
      });
      return { ...together(...runs), settings: { maxGap } };
    },
  },
  {
    name: 'anything: runs, losses, jumps and repeats in any order',
    make: (draw) => {
      const { random, maxGap } = draw;
      const runs = idSpan(0, 6).map(() => {
        const from = draw.integer(1, draw.oneOf([500, 5_000, 1_000_000]));
        const ids = idSpan(from, from + draw.integer(2, 150));
        const order = random() < 0.3 ? draw.shuffled(ids) : ids;
        return emitIds(order, random, { startAt: random() * 4_000, every: draw.oneOf([0.5, 5]), loss: 0.05 });
      });
      const allows = { invented: Number.POSITIVE_INFINITY };
      return { ...together(...runs), settings: { maxGap }, allows };
    },
  },
];
