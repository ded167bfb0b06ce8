import fc from 'fast-check';
import {
  highWaterAt,
  horizon,
  observe,
  startProgress,
  watermarkOf,
  type Progress,
} from '../../shared/gaps/progress.ts';
import type { Filling } from '../../shared/gaps/holes.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { dayMs, idsFrom, minuteMs, noon, settingsWith } from '../support/builders.ts';

const settings = settingsWith();
const windowMs = 14 * dayMs;

interface Seen {
  readonly atMs: number;
  readonly highWater: number;
}

/** What the high water truly was at a time: undefined before it was first seen. */
function trueHighWaterAt(seen: readonly Seen[], atMs: number): number | undefined {
  const until = seen.filter((one) => one.atMs <= atMs);
  return until.length > 0 ? Math.max(...until.map(({ highWater }) => highWater)) : undefined;
}

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
    expect(seen).toMatchObject({ highWater: 7, samples: [{ atMs: noon, highWater: 7 }] });
    expect(observe(seen, 5, noon + 1, settings)).toBe(seen);
  });

  test('that has not changed leaves the very same progress, so that nothing need be written', () => {
    const seen = observe(startProgress('orders'), 7, noon, settings);
    expect(observe(seen, 7, noon + minuteMs, settings)).toBe(seen);
  });

  test('of an earlier time is that of the sample before it, and unknown before the first', () => {
    const samples = [
      { atMs: noon, highWater: 7 },
      { atMs: noon + 10, highWater: 9 },
    ];
    expect([-1, 0, 9, 10, 11].map((ms) => highWaterAt(samples, noon + ms))).toEqual([undefined, 7, 7, 9, 9]);
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

  test('the floor follows the high water of one window ago, by an eighth of a window at the most', () => {
    const lags = floors.map((floor, tick) => Math.max(-1, tick - windowTicks) - floor);
    expect(Math.min(...lags)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...lags)).toBeLessThanOrEqual(windowTicks / 8);
  });
});

test('over a year of a tick an hour, too, few samples are kept, and the floor follows', () => {
  const hourMs = 60 * minuteMs;
  const { floor } = watch(365 * 24, hourMs, ({ samples }) => {
    if (samples.length >= 200) throw new Error(`${samples.length} samples`);
  });
  expect(floor).toBeLessThanOrEqual((365 - 14) * 24);
  expect(floor).toBeGreaterThanOrEqual((365 - 14 - 2) * 24);
});

test('the floor does not fall where the clock of another instance is behind', () => {
  let progress = observe(startProgress('orders'), 7, noon, settings);
  progress = observe(progress, 9, noon + 7 * dayMs, settings);
  progress = observe(progress, 9, noon + windowMs, settings);
  expect(progress.floor).toBe(7);
  expect(observe(progress, 10, noon + windowMs - dayMs, settings).floor).toBe(7);
});

test('the floor comes to the high water of a stream that falls silent', () => {
  let progress = observe(startProgress('orders'), 7, noon, settings);
  progress = observe(progress, 9, noon + minuteMs, settings);
  for (let day = 1; day < 14; day++) progress = observe(progress, 9, noon + day * dayMs, settings);
  progress = observe(progress, 9, noon + minuteMs + windowMs - 1, settings);
  expect(progress.floor).toBe(7);
  progress = observe(progress, 9, noon + minuteMs + windowMs, settings);
  expect(progress.floor).toBe(9);
});

test('the floor comes to the high water after a sleep in which things may have come and been forgotten', () => {
  const progress = observe(startProgress('orders'), 7, noon, settings);
  const patienceMs = settings.graceMs + settings.resendTimeoutMs;
  expect(observe(progress, 9, noon + windowMs - patienceMs, settings).floor).toBe(-1);
  expect(observe(progress, 9, noon + windowMs - patienceMs + 1, settings).floor).toBe(9);
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

  function replay(taken: readonly { readonly waitMs: number; readonly rise: number }[]) {
    let progress = startProgress('orders');
    let atMs = noon;
    let highWater = 0;
    const seen: Seen[] = [];
    const floors: number[] = [];
    for (const { waitMs, rise } of taken) {
      atMs += waitMs;
      highWater += rise;
      seen.push({ atMs, highWater });
      progress = observe(progress, highWater, atMs, settings);
      floors.push(progress.floor);
    }
    return { progress, atMs, seen, floors };
  }

  test('an earlier high water is never said to have been more than it was', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 60 * dayMs }), (taken, agoMs) => {
        const { progress, atMs, seen } = replay(taken);
        const said = highWaterAt(progress.samples, atMs - agoMs);
        expect(said ?? -1).toBeLessThanOrEqual(trueHighWaterAt(seen, atMs - agoMs) ?? -1);
      }),
    );
  });

  test('the floor never falls, and is above the high water of one window ago only after a sleep of about a window', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { seen, floors } = replay(taken);
        let highest = -1;
        seen.forEach(({ atMs, highWater }, i) => {
          // When a stream was last swept is known to an eighth of a window, and what comes late must still be asked for.
          const hasSlept = atMs - (seen[i - 1]?.atMs ?? atMs) > (windowMs * 7) / 8 - 10 * minuteMs;
          const known = trueHighWaterAt(seen.slice(0, i + 1), atMs - windowMs) ?? -1;
          highest = Math.max(highest, hasSlept ? highWater : known);
          expect(floors[i]).toBeGreaterThanOrEqual(floors[i - 1] ?? -1);
          expect(floors[i]).toBeLessThanOrEqual(highest);
        });
      }),
    );
  });

  test('after a sleep longer than a window, all that was seen until now is below the floor', () => {
    fc.assert(
      fc.property(steps, fc.nat(5), (taken, rise) => {
        const { progress, atMs } = replay(taken);
        const highWater = progress.highWater + rise;
        expect(observe(progress, highWater, atMs + windowMs + 1, settings).floor).toBe(highWater);
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
  function unresolved(...missing: Range[]): Filling {
    return { range: { from: 0, to: 1_000 }, missing, came: new Set() };
  }

  test('is all that was scanned where nothing is unresolved', () => {
    expect(watermarkOf(9, [])).toBe(9);
    expect(watermarkOf(9, [unresolved()])).toBe(9);
  });

  test('stands below the lowest id that is missing, though what is above has come', () => {
    expect(watermarkOf(9, [unresolved({ from: 7, to: 7 }), unresolved({ from: 4, to: 5 }, { from: 9, to: 9 })])).toBe(
      3,
    );
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
          const fillings = gaps
            .filter((gap) => !isGivenUp(gap))
            .map((gap) => unresolved(...runsOf(gap.filter((one) => !isHere.has(one))).map(rangeOf)));
          const forgiven = new Set(gaps.filter(isGivenUp).flat());
          let expected = 0;
          while (expected < scanned && (isHere.has(expected + 1) || forgiven.has(expected + 1))) expected++;
          expect(watermarkOf(scanned, fillings)).toBe(expected);
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

function rangeOf(run: readonly number[]): Range {
  return { from: run[0]!, to: run.at(-1)! };
}
