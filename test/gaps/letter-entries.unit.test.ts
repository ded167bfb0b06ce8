import { letterEntries, withRoomInLetter, type GivenUpGap } from '../../shared/gaps/letter-entries.ts';
import { idsFrom, noon } from '../support/builders.ts';

function aRow(from: number, to: number, more: Partial<GivenUpGap> = {}): GivenUpGap {
  return { from, to, foundAtMs: noon, why: 'holes', isDoubtful: true, missing: 1, holes: [{ from, to }], ...more };
}

test('doubtful gaps that are near each other share an entry with the reasons of all', () => {
  const gaps = [
    aRow(3, 99, { missing: 49 }),
    aRow(1_123, 1_200, { why: 'holes again', missing: 39 }),
    aRow(2_225, 2_225),
  ];
  expect(letterEntries(gaps)).toEqual([
    { from: 3, to: 1_200, missing: 88, whys: ['holes', 'holes again'], rows: 2, isDoubtful: true },
    { from: 2_225, to: 2_225, missing: 1, whys: ['holes'], rows: 1, isDoubtful: true },
  ]);
});

test('an entry has each reason once, and at most the first three', () => {
  const gaps = ['a', 'b', 'a', 'c', 'd'].map((why, i) => aRow(10 * i, 10 * i, { why }));
  expect(letterEntries(gaps)).toMatchObject([{ rows: 5, whys: ['a', 'b', 'c'] }]);
});

test('other gaps have an entry each, in their place', () => {
  const gaps = [aRow(3, 99), aRow(100, 100, { isDoubtful: false, why: 'too-uncertain' }), aRow(101, 199)];
  expect(letterEntries(gaps).map(({ from, to, rows }) => `${from}–${to} ${rows}`)).toEqual(['3–199 2', '100–100 1']);
});

test('a letter has room for the first thousand entries, and lists every doubtful gap before it leaves one out', () => {
  const others = idsFrom(1, 2_000).map((i) => aRow(i, i, { isDoubtful: false }));
  const doubtful = idsFrom(1, 3).map((i) => aRow(1_000_000 * i, 1_000_000 * i));
  const entries = letterEntries([...others, ...doubtful]);
  expect(entries).toHaveLength(1_000);
  expect(entries.slice(-3).map(({ from }) => from)).toEqual([1_000_000, 2_000_000, 3_000_000]);
});

test('of doubtful gaps that are far apart a letter has room for the first five hundred', () => {
  const far = idsFrom(1, 600).map((i) => aRow(10_000 * i, 10_000 * i));
  expect(withRoomInLetter(far)).toEqual(far.slice(0, 500));
  const near = idsFrom(1, 5_000).map((i) => aRow(10 * i, 10 * i));
  expect(withRoomInLetter(near)).toEqual(near);
});
