import { createHash } from 'node:crypto';
import { blockIndex, cellIndex } from '../shared/tracking/block.ts';
import { bucketStartMs, placeOfKey } from '../shared/place.ts';

const yearZero = new Date('0000-01-01T00:00:00Z').getTime();
const firstByteOf = (key: string) => createHash('sha256').update(key).digest()[0];

test('a place is in the bucket of its time, which counts from the year 0', () => {
  expect(blockIndex(placeOfKey('u-1', yearZero, 1_000))).toBe(0);
  expect(blockIndex(placeOfKey('u-1', yearZero + 999, 1_000))).toBe(0);
  expect(blockIndex(placeOfKey('u-1', yearZero + 1_000, 1_000))).toBe(1);
  expect(blockIndex(placeOfKey('u-1', yearZero + 25, 10))).toBe(2);
});

test('a place is in the cell of its key, whatever its time', () => {
  for (const key of ['u-1', 'u-2', 'evt_3'])
    for (const at of [yearZero, 0, 1_739_102_400_000])
      expect(cellIndex(placeOfKey(key, at, 1_000))).toBe(firstByteOf(key));
});

test('a place of the last instant of the year 9999 is an exact number, with the shortest bucket', () => {
  const last = new Date('9999-12-31T23:59:59.999Z').getTime();
  const place = placeOfKey('u-1', last, 10);
  expect(Number.isSafeInteger(place)).toBe(true);
  expect(bucketStartMs(blockIndex(place), 10)).toBe(last - 9);
});
