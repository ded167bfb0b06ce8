import fc from 'fast-check';
import { IdIndex, type Place } from '../../../cli/respond/id-index.ts';

function indexOf(ids: readonly number[]): IdIndex {
  const index = new IdIndex();
  ids.forEach((id, at) => {
    index.add({ id, offset: at * 10, length: 9 });
  });
  return index;
}

function found(index: IdIndex, from: number, to: number): Place[] {
  return [...index.between(from, to)];
}

test('an index of nothing finds nothing, and has no span', () => {
  expect([found(indexOf([]), 0, 9), indexOf([]).span, indexOf([]).size]).toEqual([[], undefined, 0]);
});

test('the events of an id are found where they stand, in the order of the file', () => {
  expect(found(indexOf([5, 7, 5, 6]), 5, 6)).toEqual([
    { id: 5, offset: 0, length: 9 },
    { id: 5, offset: 20, length: 9 },
    { id: 6, offset: 30, length: 9 },
  ]);
});

test('places behind the fourth gigabyte of a file, and the highest id there is, are kept as they are', () => {
  const index = new IdIndex();
  const place = { id: Number.MAX_SAFE_INTEGER, offset: 5_000_000_000, length: 10_000_000 };
  index.add(place);
  expect(found(index, 0, Number.MAX_SAFE_INTEGER)).toEqual([place]);
});

test('an index of many events, in any order, finds those of a range', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 3_000 }), { maxLength: 3_000, size: 'max' }),
      fc.nat({ max: 3_000 }),
      fc.nat({ max: 200 }),
      (ids, from, span) => {
        const index = indexOf(ids);
        const wanted = ids
          .map((id, at) => ({ id, offset: at * 10, length: 9 }))
          .filter(({ id }) => id >= from && id <= from + span)
          .sort((a, b) => a.id - b.id || a.offset - b.offset);
        expect(found(index, from, from + span)).toEqual(wanted);
        if (ids.length > 0) expect(index.span).toEqual({ from: Math.min(...ids), to: Math.max(...ids) });
        expect(index.size).toBe(ids.length);
      },
    ),
  );
});

test('what is added after something was found is found as well', () => {
  const index = indexOf([3, 1]);
  expect(found(index, 1, 3).map(({ id }) => id)).toEqual([1, 3]);
  index.add({ id: 2, offset: 99, length: 1 });
  expect(found(index, 1, 3).map(({ id }) => id)).toEqual([1, 2, 3]);
});
