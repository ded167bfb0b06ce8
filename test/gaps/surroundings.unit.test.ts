import { describeNumbers, doubtOf, expectedIn } from '../../shared/gaps/surroundings.ts';
import type { Range } from '../../shared/gaps/range.ts';
import { defaultStreamSettings } from '../../shared/stream-settings.ts';
import { makeRandom } from '../../shared/embedded/random.ts';
import { idsFrom } from '../support/builders.ts';

const settings = { ...defaultStreamSettings, maxGap: 1_000 };

function judge(gap: Range, events: readonly number[], changed: Partial<typeof settings> = {}) {
  return doubtOf(gap, gap.to - gap.from + 1, events, { ...settings, ...changed });
}

function one(id: number): Range {
  return { from: id, to: id };
}

/** The holes of some events, as ranges. */
function holesOf(events: readonly number[]): readonly Range[] {
  return events.slice(1).flatMap((id, i) => {
    const below = events[i] ?? id;
    return id > below + 1 ? [{ from: below + 1, to: id - 1 }] : [];
  });
}

describe('holes look like numbers that were never used', () => {
  test.each([
    ['ids that grow by two', idsFrom(0, 99).map((i) => 1 + 2 * i)],
    ['ids that grow by ten', idsFrom(0, 99).map((i) => 1 + 10 * i)],
    ['ids that are times', idsFrom(0, 99).map((i) => 1_739_100_000 + 131 * i + ((i * 37) % 50))],
    ['every fourth id is left out', idsFrom(0, 99).filter((id) => id % 4 !== 3)],
    ['every tenth id is left out', idsFrom(1, 200).filter((id) => id % 10 !== 0)],
    ['every hundredth id is left out', idsFrom(1, 1_500).filter((id) => id % 100 !== 0)],
  ])('where %s', (_, events) => {
    const judged = holesOf(events).map((hole) => judge(hole, events));
    expect(new Set(judged)).toEqual(new Set(['holes']));
  });

  test('where a quarter of the ids is left out at random', () => {
    const random = makeRandom(7);
    const events = idsFrom(1, 4_000).filter(() => random() >= 0.25);
    const judged = holesOf(events).map((hole) => judge(hole, events));
    expect(judged.filter((doubt) => doubt !== 'holes')).toEqual([]);
  });
});

describe('holes look like losses', () => {
  test('where an outage lost 60 ids in a row', () => {
    const events = idsFrom(1, 500).filter((id) => id <= 200 || id > 260);
    expect(judge({ from: 201, to: 260 }, events)).toBeUndefined();
  });

  test('where one in a hundred is lost at random', () => {
    const random = makeRandom(3);
    const events = idsFrom(1, 20_000).filter(() => random() >= 0.01);
    const doubts = holesOf(events).filter((hole) => judge(hole, events) !== undefined);
    expect(doubts.length).toBeLessThan(holesOf(events).length / 50);
  });

  test('where two are lost among few', () => {
    expect(
      judge(
        one(5),
        idsFrom(1, 30).filter((id) => id !== 5 && id !== 9),
      ),
    ).toBeUndefined();
  });
});

describe('too little is known to infer', () => {
  test('with fewer than 16 pairs of events around', () => {
    expect(
      judge(
        one(9),
        idsFrom(1, 16).filter((id) => id !== 9),
      ),
    ).toBe('little');
    expect(
      judge(
        one(9),
        idsFrom(1, 18).filter((id) => id !== 9),
      ),
    ).toBeUndefined();
  });

  test('with more missing ids than pairs', () => {
    const events = idsFrom(1, 60).filter((id) => id <= 20 || id > 50);
    expect(judge({ from: 21, to: 50 }, events)).toBe('much');
  });

  test('but a minimum confidence of 0 infers with fewer pairs', () => {
    expect(judge(one(3), [1, 2, 4, 5], { minConfidence: 0 })).toBeUndefined();
  });
});

test('the setting `doubt` can allow any holes', () => {
  const events = idsFrom(0, 99).map((i) => 1 + 2 * i);
  expect(judge(one(50), events, { doubt: { near: 1, far: 1, pairs: 0 } })).toBeUndefined();
});

describe('a declared step', () => {
  const numbering = { step: 10 };

  test('makes the ids between no holes', () => {
    const events = idsFrom(0, 99)
      .map((i) => 10 * i)
      .filter((id) => id !== 500);
    expect(doubtOf(one(500), 1, events, { ...settings, numbering })).toBeUndefined();
  });

  test.each([
    [{ from: 34, to: 49 }, [10, 20, 30, 33, 50], { from: 40, to: 40 }],
    [{ from: 31, to: 69 }, [10, 20, 30, 70, 80], { from: 40, to: 60 }],
    [{ from: 31, to: 39 }, [10, 20, 30, 40], undefined],
  ])('of 10 expects in %j, beside %j: %j', (hole, events, expected) => {
    expect(expectedIn(hole, events, { ...settings, numbering })).toEqual(expected);
  });
});

describe('the line that says what it looks like', () => {
  test.each([
    [idsFrom(0, 99).map((i) => 1 + 2 * i), 'do ids grow by 2?'],
    [idsFrom(1, 200).filter((id) => id % 10 !== 0), 'every 10th id is missing, such as 40: is it never used?'],
    [idsFrom(1, 200).filter((id) => id % 4 !== 1), 'every 4th id is missing, such as 17: is it never used?'],
    [
      idsFrom(1, 500).filter((id) => id % 20 === 1 || id % 20 < 11 + ((id - (id % 20)) % 7)),
      'after a hole, ids go on at the next multiple of 20',
    ],
    [[1, 3, 4, 7, 8, 12, 13, 15, 19, 20, 22, 23, 27, 29, 30, 33], 'are some ids never used?'],
  ])('asks: case %#', (events, question) => {
    expect(describeNumbers(holesOf(events)[3] ?? one(0), events, settings)).toContain(question);
  });
});
