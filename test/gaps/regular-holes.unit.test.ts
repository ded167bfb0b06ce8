import { obstacleTo } from '../../shared/gaps/obstacle.ts';
import { sizeOf } from '../../shared/gaps/range.ts';
import { doubtOf } from '../../shared/gaps/surroundings.ts';
import { defaultStreamSettings } from '../../shared/stream-settings.ts';
import { aGap, minuteMs, noon } from '../support/builders.ts';
import {
  abandonedBlocks,
  consecutive,
  drawStream,
  leftOutAtRandom,
  neverUsed,
  restarts,
  type DrawUsed,
  type HeldEvents,
  type HoleOfStream,
} from '../support/numberings.ts';

const settings = defaultStreamSettings;
const seeds = [1, 2];
const noLosses = { share: 0, burst: 1 };

/** Numberings with holes, and the share of other events that may be lost. A longer period shows among fewer losses. */
const withHoles: readonly (readonly [name: string, numbering: DrawUsed, maxLosses: number])[] = [
  ['every 2nd id is used', neverUsed(2, 0), 0.08],
  ['every 4th id is never used', neverUsed(4, 0), 0.08],
  ['every 10th id is never used', neverUsed(10, 0), 0.08],
  ['every 50th id is never used', neverUsed(50, 7), 0.08],
  ['two of 50 ids are never used', neverUsed(50, 0, 1), 0.08],
  ['two of 80 ids are never used, far from each other', neverUsed(80, 3, 40), 0.03],
  ['every 100th id is never used', neverUsed(100, 0), 0.03],
  ['every 300th id is never used', neverUsed(300, 50), 0.005],
  ['a quarter of the ids is left out at random', leftOutAtRandom(0.25), 0.08],
  ['the rest of each block of 20 ids is abandoned', abandonedBlocks(20, 1), 0.08],
  ['the rest of each block of 100 ids is abandoned', abandonedBlocks(100, 1), 0.03],
  ['the rest of one in three blocks of 20 ids is abandoned', abandonedBlocks(20, 0.3), 0.03],
  ['after a restart ids go on with the next block of 20', restarts(20, 60), 0.03],
  ['after a restart ids go on with the next block of 50', restarts(50, 100), 0.03],
];

describe('no id that was never used is inferred', () => {
  test.each(
    withHoles.flatMap(([name, numbering, maxLosses]) =>
      [0, 0.005, 0.03, 0.08]
        .filter((share) => share <= maxLosses)
        .map((share) => [name, 100 * share, numbering] as const),
    ),
  )('where %s, and %d % is lost', (_, percent, numbering) => {
    const losses = { share: percent / 100, burst: 1 };
    const judged = seeds.flatMap((seed) => {
      const { events, holes } = drawStream(numbering, 4_000, losses, seed);
      return someOf(holes.filter(({ hasUnused }) => hasUnused)).map((hole) => ({
        ...hole,
        doubt: doubtOfHole(hole, events),
      }));
    });
    expect(judged.length).toBeGreaterThan(20);
    expect(judged.filter(({ doubt }) => doubt === undefined)).toEqual([]);
  });
});

describe('hardly any loss is taken for a number that was never used', () => {
  /** The shares of holes count for nothing here, and only regularities do. */
  const onlyRegularities = { ...settings, doubt: { near: 0.99, far: 0.99, pairs: 0 } };

  test.each([
    [0.1, 1],
    [0.5, 1],
    [1, 1],
    [1, 5],
    [3, 1],
    [3, 60],
    [6, 1],
    [10, 60],
  ])('where %d % is lost, up to %d at once', (percent, burst) => {
    const losses = { share: percent / 100, burst };
    let [all, doubted] = [0, 0];
    for (let seed = 1; all < 600; seed++) {
      const { events, holes } = drawStream(consecutive, 12_000, losses, seed);
      const some = someOf(holes);
      all += some.length;
      doubted += some.filter((hole) => doubtOf(hole, sizeOf(hole), events, onlyRegularities) === 'holes').length;
    }
    expect(doubted / all).toBeLessThan(0.01);
  });
});

describe('a young stream', () => {
  const rates = [20, 100];

  test.each([10, 20, 50].flatMap((period) => rates.map((rate) => [period, rate] as const)))(
    'waits until it can be seen that every %dth id is never used, with %d events in five minutes',
    (period, rate) => {
      const stream = drawStream(neverUsed(period, 0), 1_500, noLosses, 1);
      const ends = stream.holes.slice(0, 10).map((hole) => endOf(hole, stream, rate).end);
      expect(new Set(ends)).toEqual(new Set(['given up']));
    },
  );

  test('infers a single loss when a hundred ids are known on one side of it', () => {
    const stream = { events: idsWithout(40, 500), holes: [] };
    expect(endOf({ from: 40, to: 40, hasUnused: false }, stream, 25)).toEqual({ end: 'inferred', afterMinutes: 15 });
  });

  test('infers a single loss after an hour, however few ids are known', () => {
    const stream = { events: idsWithout(40, 500), holes: [] };
    expect(endOf({ from: 40, to: 40, hasUnused: false }, stream, 1)).toEqual({ end: 'inferred', afterMinutes: 60 });
  });
});

test('an older stream does not wait with a single loss', () => {
  const stream = { events: idsWithout(140, 500), holes: [] };
  expect(endOf({ from: 140, to: 140, hasUnused: false }, stream, 1)).toEqual({ end: 'inferred', afterMinutes: 0 });
});

/** Returns at most 60 holes, spread evenly. */
function someOf(holes: readonly HoleOfStream[]): readonly HoleOfStream[] {
  const every = Math.ceil(holes.length / 60);
  return holes.filter((_, i) => i % every === 0);
}

function doubtOfHole(hole: HoleOfStream, events: readonly number[]) {
  return doubtOf(hole, sizeOf(hole), events, settings);
}

function idsWithout(lost: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + 1).filter((id) => id !== lost);
}

/**
 * Asks once a minute, from the deadline on, whether a gap may be inferred, while more events come.
 *
 * @param rate The number of ids in five minutes. The gap is found with the event above it, and its deadline is five
 * minutes later.
 */
function endOf(hole: HoleOfStream, { events }: HeldEvents, rate: number) {
  const gap = aGap({ from: hole.from, to: hole.to, state: 'requested', requestedAtMs: noon, deadlineMs: noon });
  const coverage = { missing: sizeOf(hole), holes: [hole] };
  for (let afterMinutes = 0; ; afterMinutes++) {
    const known = events.filter((id) => id <= hole.to + 1 + (rate * (5 + afterMinutes)) / 5);
    const nowMs = noon + afterMinutes * minuteMs;
    const obstacle = obstacleTo(gap, coverage, known, { forgotten: [] }, nowMs, settings);
    if (obstacle !== 'wait') return { end: obstacle ? 'given up' : 'inferred', afterMinutes };
  }
}
