import fc from 'fast-check';
import { epochUnits, parseEpoch } from '../../shared/timestamps/epoch.ts';

const noon = 1_739_102_400_000;

test.each([
  ['1739102400', 's', noon, '1739102400000'],
  ['1739102400.123', 's', noon + 123, '1739102400123'],
  ['1739102400.1234567', 's', noon + 123, '1739102400123.4567'],
  ['1.7391024e9', 's', noon, '1739102400000'],
  ['1739102400000', 'ms', noon, '1739102400000'],
  ['1739102400000.5', 'ms', noon, '1739102400000.5'],
  ['1739102400123456', 'us', noon + 123, '1739102400123.456'],
  ['0001739102400000000', 'us', noon, '1739102400000'],
  ['9007199254740993', 'us', 9_007_199_254_740, '9007199254740.993'],
  ['253402300799999999', 'us', 253_402_300_799_999, '253402300799999.999'],
  ['0', 's', 0, '0'],
  ['-0', 'ms', 0, '0'],
  ['1', 'us', 0, '0.001'],
  ['-1', 's', -1_000, '-1000'],
  ['-1', 'us', -1, '-1.999'],
  ['-1500.25', 'ms', -1_501, '-1501.75'],
  ['-62167219200000', 'ms', -62_167_219_200_000, '-62167219200000'],
] as const)('%s %s since 1970 is read exactly', (text, unit, ms, exact) => {
  expect(parseEpoch(text, unit)).toEqual({ ms, exact });
});

test.each([
  ['', 's'],
  [' 1', 's'],
  ['+1', 's'],
  ['0x10', 's'],
  ['1e400', 's'],
  ['1e-400', 's'],
  ['1e99999999999999999999', 'us'],
  ['253402300800', 's'],
  ['-62167219201', 's'],
  ['Infinity', 's'],
  ['noon', 'ms'],
] as const)('"%s" %s since 1970 is no instant', (text, unit) => {
  expect(parseEpoch(text, unit)).toBeUndefined();
});

test('one instant in different units is the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }), (seconds) => {
      const spelt = [`${seconds}`, `${seconds}000`, `${seconds}000000`];
      const read = epochUnits.map((unit, i) => parseEpoch(spelt[i] ?? '', unit));
      expect(read).toEqual(Array(3).fill({ ms: seconds * 1_000, exact: String(seconds * 1_000) }));
    }),
  );
});
