import fc from 'fast-check';
import { parseDecimal } from '../shared/decimal.ts';

test.each([
  [['1', '1.0', '1.00', '1e0', '1E+0', '10e-1', '0.01e2', '001'], false, '1', 1n],
  [['0', '-0', '0.0', '-0.0e5', '0e-7'], false, '', 0n],
  [['-120.50', '-1.205e2', '-12050e-2'], true, '1205', 3n],
  [['1e400', '10e399'], false, '1', 401n],
  [['0.0012', '12e-4'], false, '12', -2n],
  [['1e99999999999999999999', '10e99999999999999999998'], false, '1', 100_000_000_000_000_000_000n],
])('%j are one number', (spellings, isNegative, digits, point) => {
  for (const text of spellings) expect(parseDecimal(text)).toEqual({ isNegative, digits, point });
});

test.each(['', '-', '.5', '5.', '1e', '+1', '0x1', ' 1', 'NaN', `1e${'9'.repeat(2_000)}`])(
  '%s is no number',
  (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  },
);

test('every double is read exactly', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const { isNegative, digits, point } = parseDecimal(JSON.stringify(value))!;
      expect(Number(`${isNegative ? '-' : ''}0.${digits}e${point}`) + 0).toBe(value + 0);
    }),
  );
});
