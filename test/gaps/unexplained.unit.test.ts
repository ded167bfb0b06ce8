import type { Range } from '../../shared/gaps/range.ts';
import { unexplainedIn } from '../../shared/gaps/unexplained.ts';
import { defaultStreamSettings } from '../../shared/stream-settings.ts';
import { idsFrom } from '../support/builders.ts';

/** The ids between the lowest and the highest event that are missing, and what the pattern does not explain of them. */
function unexplained(events: readonly number[], settings: Partial<typeof defaultStreamSettings> = {}) {
  const holes: readonly Range[] = events.slice(1).flatMap((id, i) => {
    const below = events[i] ?? id;
    return id > below + 1 ? [{ from: below + 1, to: id - 1 }] : [];
  });
  const gap = { from: holes[0]?.from ?? 0, to: holes.at(-1)?.to ?? 0 };
  return unexplainedIn(gap, holes, events, { ...defaultStreamSettings, ...settings });
}

describe('the missing ids that a pattern does not explain', () => {
  test.each([
    ['ids that would be next, where ids grow by two', idsFrom(0, 99).map((i) => 1 + 2 * i), [41, 101, 103]],
    ['ids that would be next, where ids grow by ten', idsFrom(1, 99).map((i) => 10 * i), [500]],
    ['other ids than every fourth one', idsFrom(0, 400).filter((id) => id % 4 !== 3), [201, 202]],
  ])('are %s', (_, events, lost) => {
    const found = unexplained(events.filter((id) => !lost.includes(id)));
    expect(found?.flatMap(({ from, to }) => idsFrom(from, to))).toEqual(lost);
    expect(unexplained(events)).toEqual([]);
  });

  test('are holes that do not end where a block begins, where ids are reserved in blocks', () => {
    const used = idsFrom(1, 500).filter((id) => id % 20 === 1 || id % 20 < 11 + ((id - (id % 20)) % 7));
    expect(unexplained(used.filter((id) => id !== 244))).toEqual([{ from: 244, to: 244 }]);
  });

  test('are unknown where the numbers have no pattern', () => {
    expect(unexplained([1, 3, 4, 7, 8, 12, 13, 15, 19, 20, 22, 23, 27, 29, 30, 33])).toBeUndefined();
  });
});
