import fc from 'fast-check';
import { clocksOnASide, missingInstants, type KnownInstants } from '../../shared/inference/missing-instants.ts';
import { dayMs, minuteMs, noon } from '../support/builders.ts';

const wrongClocks = {
  1970: Date.UTC(1970, 0, 1),
  2099: Date.UTC(2099, 0, 1),
} as const;

/** Minutes after noon; a number from 1970 on is a wrong clock of that year. The nearest event comes first. */
function instants(minutes: readonly number[]): number[] {
  return minutes.map((minute) => (minute === 1970 || minute === 2099 ? wrongClocks[minute] : noon + minute * minuteMs));
}

/** The minutes after noon of missing events. */
function missing(
  below: readonly number[],
  above: readonly number[],
  count = 1,
  publishedBy = 1e9,
): number[] | undefined {
  const known = { below: instants(below), above: instants(above) };
  const found = missingInstants(known, count, noon + publishedBy * minuteMs);
  return found?.map((instantMs) => (instantMs - noon) / minuteMs);
}

describe('where the clocks agree, the instant', () => {
  test('is midway between the two nearest events', () => {
    expect(missing([4, 3, 2, 1, 0], [10, 11, 12, 13, 14])).toEqual([7]);
  });

  test('is midway across a pause of a day, of any number of events on either side', () => {
    const day = dayMs / minuteMs;
    expect(missing([2, 1, 0], [day, day + 1, day + 2])).toEqual([1 + day / 2]);
    expect(missing([day, 2, 1, 0], [day + 2])).toEqual([day + 1]);
  });

  test('is spread evenly in a longer gap', () => {
    expect(missing([3, 2, 1], [7, 8, 9], 3)).toEqual([4, 5, 6]);
  });
});

describe('one wrong clock', () => {
  test.each([
    ['before the gap, in 2099', [2099, 3, 2, 1, 0], [6, 7, 8, 9, 10], 5],
    ['before the gap, in 1970', [1970, 3, 2, 1, 0], [6, 7, 8, 9, 10], 5],
    ['after the gap, in 2099', [4, 3, 2, 1, 0], [2099, 7, 8, 9, 10], 5],
    ['after the gap, in 1970', [4, 3, 2, 1, 0], [1970, 7, 8, 9, 10], 5],
    ['farther away', [4, 2099, 2, 1, 0], [6, 1970, 8, 9, 10], 5],
    ['next to the first event of the stream', [2099, 1], [4, 5, 6], 3],
    ['next to the last event of the stream', [4, 3, 2], [1970, 7], 5],
    ['among three known events', [2, 1], [2099], 2.5],
    ['that is the first event of the stream', [1970], [6, 7, 8, 9, 10], 5.5],
    ['that is the last event of the stream', [4, 3, 2, 1, 0], [2099], 4.5],
  ])('%s does not move the instant', (_, below, above, minute) => {
    expect(missing(below, above)).toEqual([minute]);
  });

  test('does not move any event of a longer gap, whose steps go on past the wrong event', () => {
    expect(missing([2099, 2, 1, 0], [7, 8, 9], 3)).toEqual([4, 5, 6]);
  });
});

describe('two wrong clocks', () => {
  test.each([
    ['one on either side of the gap', [2099, 3, 2, 1, 0], [1970, 7, 8, 9, 10], 5],
    ['both before the gap, and equal', [1970, 1970, 2, 1, 0], [6, 7, 8, 9, 10], 5],
    ['both after the gap, and equal', [4, 3, 2, 1, 0], [2099, 2099, 8, 9, 10], 5],
    ['in a stream of five events', [2099, 1], [4, 1970, 7], 3],
  ])('%s, do not move the instant', (_, below, above, minute) => {
    expect(missing(below, above)).toEqual([minute]);
  });
});

describe('clocks that are ahead of the time by which all was published do not move the instant', () => {
  test.each([
    ['where they are most of a side', [4, 3, 2, 1, 0], [2099, 2099, 2099, 9, 10], 5],
    ['where they are most of all', [2099, 2099, 2099, 1, 0], [2099, 2099, 2099, 9, 10], 5],
    ['where one of two events has such a clock', [2], [2099], 2.5],
    ['where all events on the other side have one', [4, 3, 2, 1, 0], [2099, 2099, 2099, 2099, 2099], 4.5],
  ])('%s', (_, below, above, minute) => {
    expect(missing(below, above, 1, 60)).toEqual([minute]);
  });

  test('nor is an event dated after that time', () => {
    expect(missing([2, 1, 0], [], 4, 3)).toEqual([2.5, 3, 3, 3]);
  });

  test('but they are used where all clocks are ahead', () => {
    expect(missing([64, 63, 62], [66, 67, 68], 1, 60)).toEqual([65]);
  });
});

describe('with fewer than three known events nothing tells which clock is wrong, and the instant', () => {
  test.each([
    ['is midway between two events', [0], [10], [5]],
    ['is thirty seconds after a single event before', [2], [], [2.5]],
    ['is thirty seconds before a single event after', [], [2], [1.5]],
    ['is unknown where no event is known', [], [], undefined],
  ])('%s', (_, below, above, expected) => {
    expect(missing(below, above)).toEqual(expected);
  });
});

test('a single event on the other side of a pause counts as a wrong clock', () => {
  const day = dayMs / minuteMs;
  expect(missing([2], [day + 2, day + 3, day + 4])).toEqual([day + 1.5]);
});

test('the instant lies between the medians of clocks that run backwards', () => {
  expect(missing([6, 7, 8, 9, 10], [4, 3, 2, 1, 0])).toEqual([5]);
});

describe('whatever one clock says', () => {
  const instant = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
  /** Clocks that may disagree, and one of them replaced. */
  const changed = (minOnASide: number) =>
    fc
      .record({
        below: fc.array(instant, { minLength: minOnASide, maxLength: clocksOnASide }),
        above: fc.array(instant, { minLength: minOnASide, maxLength: clocksOnASide }),
        at: fc.nat(),
        wrong: instant,
        count: fc.integer({ min: 1, max: 5 }),
      })
      .filter(({ below, above }) => below.length + above.length >= 3)
      .map(({ below, above, at, wrong, count }) => {
        const all = [...below, ...above];
        const place = at % all.length;
        const others = all.filter((_, i) => i !== place);
        const replaced = all.map((value, i) => (i === place ? wrong : value));
        const known: KnownInstants = { below: replaced.slice(0, below.length), above: replaced.slice(below.length) };
        return { known, others, count };
      });

  test('an instant lies between the other clocks, where three events are known on either side', () => {
    fc.assert(
      fc.property(changed(3), ({ known, others, count }) => {
        for (const instantMs of missingInstants(known, count)!) {
          expect(instantMs).toBeGreaterThanOrEqual(Math.min(...others));
          expect(instantMs).toBeLessThanOrEqual(Math.max(...others));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('an instant lies within some spans of the other clocks, where three events are known in all', () => {
    fc.assert(
      fc.property(changed(0), ({ known, others, count }) => {
        const [lowest, highest] = [Math.min(...others), Math.max(...others)];
        const slackMs = 8 * (count + 1) * (highest - lowest) + (count + clocksOnASide) * 30_000;
        for (const instantMs of missingInstants(known, count)!) {
          expect(instantMs).toBeGreaterThanOrEqual(lowest - slackMs);
          expect(instantMs).toBeLessThanOrEqual(highest + slackMs);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
