import fc from 'fast-check';
import { horizon, isAtRest, observe, startProgress, watermarkOf, type Progress } from '../../shared/gaps/progress.ts';
import { dayMs, idsFrom, minuteMs, noon, settingsWith } from '../support/builders.ts';

const settings = settingsWith();
const windowMs = 14 * dayMs;

/** The high water rises by one a tick, and is looked at each time. */
function watch(ticks: number, tickMs: number, after: (progress: Progress, tick: number) => void = () => undefined) {
  let progress = startProgress('orders');
  for (let tick = 0; tick <= ticks; tick++) {
    progress = observe(progress, tick, noon + tick * tickMs, settings);
    after(progress, tick);
  }
  return progress;
}

describe('the high water', () => {
  test('is what was seen, and never falls', () => {
    const seen = observe(startProgress('orders'), 7, noon, settings);
    expect(seen).toMatchObject({ highWater: 7, samples: [{ sinceMs: noon, atMs: noon, highWater: 7 }] });
    expect(observe(seen, 5, noon + 1, settings)).toBe(seen);
  });

  test('that has not changed leaves the very same progress, so that nothing need be written', () => {
    const seen = observe(startProgress('orders'), 7, noon, settings);
    expect(observe(seen, 7, noon + minuteMs, settings)).toBe(seen);
  });
});

describe('holes may be looked for', () => {
  test('up to the high water of one grace ago, and not before the first grace has run out', () => {
    let progress = observe(startProgress('orders'), 7, noon, settings);
    progress = observe(progress, 9, noon + 30_000, settings);
    expect([59_999, 60_000, 89_999, 90_000].map((ms) => horizon(progress, noon + ms, settings))).toEqual([
      undefined,
      7,
      7,
      9,
    ]);
  });

  test('after a grace of hours, too, though the high water has risen each minute', () => {
    const graceMs = 6 * 60 * minuteMs;
    const known = horizon(watch(24 * 60, minuteMs), noon + dayMs, settingsWith({ graceMs })) ?? -1;
    // Eighteen hours of minutes; a sample may be missing, so that it may be said to have been less.
    expect(known).toBeLessThanOrEqual(18 * 60);
    expect(known).toBeGreaterThanOrEqual(17 * 60);
  });
});

describe('over more than a window of a tick a minute', () => {
  const ticks = (16 * dayMs) / minuteMs;
  const windowTicks = windowMs / minuteMs;
  const floors: number[] = [];
  let mostSamples = 0;

  beforeAll(() => {
    watch(ticks, minuteMs, ({ floor, samples }) => {
      floors.push(floor);
      mostSamples = Math.max(mostSamples, samples.length);
    });
  });

  test('few samples are kept', () => {
    expect(mostSamples).toBeLessThan(200);
  });

  test('the floor is -1 in the first window', () => {
    expect(new Set(floors.slice(0, windowTicks))).toEqual(new Set([-1]));
  });

  test('the floor is never below the high water of one window ago, and above it by an eighth of a window at the most', () => {
    const leads = floors.map((floor, tick) => floor - Math.max(-1, tick - windowTicks));
    expect(Math.min(...leads)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...leads)).toBeLessThanOrEqual(windowTicks / 8 + 1);
  });
});

test('over a year of a tick an hour, too, few samples are kept, and the floor follows', () => {
  const hourMs = 60 * minuteMs;
  const { floor } = watch(365 * 24, hourMs, ({ samples }) => {
    if (samples.length >= 200) throw new Error(`${samples.length} samples`);
  });
  expect(floor).toBeGreaterThanOrEqual((365 - 14) * 24);
  expect(floor).toBeLessThanOrEqual((365 - 14 + 2) * 24);
});

test('the floor does not fall where the clock of another instance is behind', () => {
  const seen = observe(startProgress('orders'), 7, noon, settings);
  const progress = observe(seen, 7, noon + windowMs, settings);
  expect(progress.floor).toBe(7);
  expect(observe(progress, 10, noon + windowMs - dayMs, settings).floor).toBe(7);
});

test('the floor comes to the high water of a stream that falls silent', () => {
  let progress = observe(startProgress('orders'), 7, noon, settings);
  progress = observe(progress, 7, noon + 2 * dayMs, settings);
  progress = observe(progress, 9, noon + 3 * dayMs, settings);
  for (let day = 4; day < 14; day++) progress = observe(progress, 9, noon + day * dayMs, settings);
  progress = observe(progress, 9, noon + windowMs, settings);
  expect(progress.floor).toBe(7);
  progress = observe(progress, 9, noon + 2 * dayMs + windowMs, settings);
  expect(progress.floor).toBe(9);
});

test('the floor comes to the high water as soon as what was seen in a sleep may be forgotten', () => {
  const progress = observe(startProgress('orders'), 7, noon, settings);
  // 8 and 9 may have come right after the first sweep.
  expect(observe(progress, 9, noon + windowMs - 1, settings).floor).toBe(-1);
  expect(observe(progress, 9, noon + windowMs, settings).floor).toBe(9);
});

test('two sleeps in a row, together longer than a window, leave nothing above the floor that may be forgotten', () => {
  let progress = observe(startProgress('orders'), 10, noon, settings);
  progress = observe(progress, 20, noon + 8 * dayMs, settings);
  progress = observe(progress, 30, noon + 16 * dayMs, settings);
  // 11 to 20 may have come in the first hours of the first sleep.
  expect(progress.floor).toBe(20);
});

test('what a stream holds when it is first swept may be as old as its lowest block', () => {
  const swept = (sinceMs: number) => observe(startProgress('orders'), 20, noon, settings, sinceMs).floor;
  expect([swept(noon), swept(noon - windowMs + 1), swept(noon - windowMs)]).toEqual([-1, -1, 20]);
});

describe('whenever, and however far, the high water rises', () => {
  const steps = fc.array(
    fc.record({
      // From overlapping ticks to nearly two weeks without one.
      waitMs: fc.oneof(
        fc.integer({ min: 0, max: 10 * minuteMs }),
        fc.integer({ min: 0, max: dayMs }),
        fc.integer({ min: 0, max: 13 * dayMs }),
      ),
      rise: fc.nat({ max: 3 }),
    }),
    { minLength: 1, maxLength: 120 },
  );

  /** Sweeps, and between them rises of the high water: each may have come right after the sweep before. */
  function replay(taken: readonly { readonly waitMs: number; readonly rise: number }[]) {
    let progress = startProgress('orders');
    let atMs = noon;
    let highWater = 0;
    const sweeps: { readonly sinceMs: number; readonly atMs: number; readonly highWater: number; floor: number }[] = [];
    for (const { waitMs, rise } of taken) {
      const sinceMs = sweeps.length > 0 ? atMs : atMs + waitMs;
      atMs += waitMs;
      highWater += rise;
      progress = observe(progress, highWater, atMs, settings);
      sweeps.push({ sinceMs, atMs, highWater, floor: progress.floor });
    }
    return { progress, atMs, sweeps };
  }

  test('holes are never looked for above what had been seen one grace ago', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 60 * dayMs }), (taken, graceMs) => {
        const { progress, atMs, sweeps } = replay(taken);
        const seenBy = sweeps.findLast((sweep) => sweep.atMs <= atMs - graceMs)?.highWater ?? -1;
        expect(horizon(progress, atMs, settingsWith({ graceMs })) ?? -1).toBeLessThanOrEqual(seenBy);
      }),
    );
  });

  test('nothing above the floor may be forgotten, and the floor never falls', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { sweeps } = replay(taken);
        sweeps.forEach(({ atMs, floor }, i) => {
          const forgotten = sweeps.slice(0, i + 1).findLast(({ sinceMs }) => sinceMs <= atMs - windowMs)?.highWater;
          expect(floor).toBeGreaterThanOrEqual(forgotten ?? -1);
          expect(floor).toBeGreaterThanOrEqual(sweeps[i - 1]?.floor ?? -1);
        });
      }),
    );
  });

  test('nothing is below the floor that came within half a window, where no two sweeps are more than a day apart', () => {
    fc.assert(
      fc.property(steps, (slept) => {
        const taken = slept.map(({ waitMs, rise }) => ({ waitMs: Math.min(waitMs, dayMs), rise }));
        const { sweeps } = replay(taken);
        sweeps.forEach(({ atMs, floor }, i) => {
          const old = sweeps.slice(0, i + 1).findLast(({ sinceMs }) => sinceMs <= atMs - windowMs / 2)?.highWater;
          expect(floor).toBeLessThanOrEqual(old ?? -1);
        });
      }),
    );
  });

  test('samples ascend, and their number stays small', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { samples } = replay(taken).progress;
        expect(samples.length).toBeLessThan(200);
        expect(samples.every(({ atMs }, i) => atMs >= (samples[i - 1]?.atMs ?? 0))).toBe(true);
        expect(samples.every(({ highWater }, i) => highWater > (samples[i - 1]?.highWater ?? -1))).toBe(true);
      }),
    );
  });
});

describe('the watermark', () => {
  test('is all that was scanned where nothing is unresolved', () => {
    expect(watermarkOf(9, undefined)).toBe(9);
  });

  test('stands below the lowest id that is missing, though what is above has come', () => {
    expect(watermarkOf(9, 4)).toBe(3);
  });

  test('is what a naive recount, id by id, comes to', () => {
    const id = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(
        id,
        fc.uniqueArray(id),
        fc.uniqueArray(id),
        fc.array(fc.boolean()),
        (scanned, before, later, given) => {
          const gaps = runsOf(idsFrom(1, scanned).filter((one) => !before.includes(one)));
          const isHere = new Set([...before, ...later]);
          const isGivenUp = (gap: number[]): boolean => given[gaps.indexOf(gap)] ?? false;
          const missing = gaps
            .filter((gap) => !isGivenUp(gap))
            .flatMap((gap) => gap.find((one) => !isHere.has(one)) ?? []);
          const forgiven = new Set(gaps.filter(isGivenUp).flat());
          let expected = 0;
          while (expected < scanned && (isHere.has(expected + 1) || forgiven.has(expected + 1))) expected++;
          expect(watermarkOf(scanned, missing[0])).toBe(expected);
        },
      ),
    );
  });
});

/** Ascending ids, cut where one is left out. */
function runsOf(ids: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const id of ids) {
    const last = runs.at(-1);
    if (last?.at(-1) === id - 1) last.push(id);
    else runs.push([id]);
  }
  return runs;
}

describe('a stream is at rest', () => {
  const rested = { ...observe(startProgress('orders'), 9, noon, settings), first: 1, scanned: 9, watermark: 9 };

  test('while nothing new was seen, all is accounted for, and its progress need not be written', () => {
    expect(isAtRest(rested, 9, noon + minuteMs, settings)).toBe(true);
    expect(isAtRest(rested, 10, noon + minuteMs, settings)).toBe(false);
    expect(isAtRest({ ...rested, watermark: 8 }, 9, noon + minuteMs, settings)).toBe(false);
    expect(isAtRest(rested, 9, noon + windowMs / 8, settings)).toBe(false);
  });
});
