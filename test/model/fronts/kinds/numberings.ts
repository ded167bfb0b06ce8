import { emitIds, neverEmitted } from '../arrivals.ts';
import { idSpan } from '../draw.ts';
import type { FrontKind } from '../front-stream.ts';

/** Streams whose ids are not consecutive. */
export const numberingKinds: readonly FrontKind[] = [
  ...[2, 10, 256].map((step): FrontKind => ({
    name: `ids that grow by ${step}`,
    make: (draw) => {
      const { base, random, maxGap } = draw;
      const every = draw.oneOf([0.3, 3]);
      return { ...emitIds(idSpan(base, base + step * 300, step), random, { every }), settings: { maxGap } };
    },
  })),
  ...[2, 10].map((step): FrontKind => ({
    name: `ids that grow by ${step}, declared`,
    make: ({ base, random }) => {
      const traffic = emitIds(idSpan(base, base + step * 300, step), random, { loss: 0.05 });
      return { ...traffic, settings: { maxGap: 1_000, numbering: { step } }, allows: { requests: traffic.lost.size } };
    },
  })),
  {
    name: 'ids that grow by 2, slowly',
    make: ({ base, random, maxGap, isLong }) => ({
      ...emitIds(idSpan(base, base + (isLong ? 200 : 60), 2), random, { every: 4_320 }),
      settings: { maxGap },
      // Some before enough ids are known, and then one a day.
      allows: { letters: isLong ? 10 : 6 },
    }),
  },
  {
    name: 'a quarter or more of the ids was never emitted',
    make: (draw) => {
      const { base, random, maxGap } = draw;
      const loss = draw.oneOf([0.25, 0.3, 0.5]);
      return { ...neverEmitted(emitIds(idSpan(base, base + 400), random, { loss })), settings: { maxGap } };
    },
  },
  {
    name: 'the step changes from one to two',
    make: ({ random, maxGap }) => ({
      ...neverEmitted(emitIds([...idSpan(1, 200), ...idSpan(201, 500, 2)], random)),
      settings: { maxGap },
    }),
  },
  {
    name: 'holes are normal',
    make: ({ base, count, every, random, maxGap }) => ({
      ...emitIds(idSpan(base, base + 2 * count), random, { every, loss: 0.1 }),
      settings: { maxGap, numbering: { holes: 'normal' } },
      allows: { requests: 0, letters: 0 },
    }),
  },
];
