import { spellRanges, withoutIds } from '../../shared/gaps/range.ts';

test('ranges without some of their ids are cut where those were', () => {
  const ranges = [
    { from: 1, to: 5 },
    { from: 7, to: 7 },
    { from: 9, to: 10 },
  ];
  expect(withoutIds(ranges, new Set([2, 7, 10]))).toEqual([
    { from: 1, to: 1 },
    { from: 3, to: 5 },
    { from: 9, to: 9 },
  ]);
});

test('ranges are spelt shortly, and of many the first few', () => {
  const many = Array.from({ length: 20 }, (_, i) => ({ from: 3 * i, to: 3 * i + (i === 1 ? 1 : 0) }));
  expect(spellRanges(many.slice(0, 2))).toBe('0, 3–4');
  expect(spellRanges(many)).toBe('0, 3–4, 6, 9, 12, 15, 18, 21 and more, 21 ids in all');
});
