import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { parseInstant, spellInstant, type Instant } from '../shared/instant.ts';

const noon = 1_739_102_400_000;

describe('an instant', () => {
  test.each([
    ['2025-02-09T12:00:00', 'without a zone, as UTC'],
    ['2025-02-09T12:00:00Z', 'in UTC'],
    ['2025-02-09T13:30:00+01:30', 'with a zone ahead'],
    ['2025-02-09T00:00:00-12:00', 'with a zone behind'],
    ['2025-02-09T12:00:00-00:00', 'with a zone of nothing'],
    ['2025-02-10T02:00:00+14:00', 'on another day'],
    ['2025-02-09T12:00:00.0', 'with a fraction of nothing'],
    ['2025-02-09T12:00:00.000000000Z', 'with nanoseconds of nothing'],
    ['2025-02-09T12:00', 'without seconds'],
  ])('%s is read %s', (text) => {
    expect(parseInstant(text)).toEqual({ ms: noon, exact: '1739102400000' });
  });

  test.each([
    ['2025-02-09T12:00:00.5', 500, '1739102400500'],
    ['2025-02-09T12:00:00.05', 50, '1739102400050'],
    ['2025-02-09T12:00:00.123', 123, '1739102400123'],
    ['2025-02-09T12:00:00.1234', 123, '1739102400123.4'],
    ['2025-02-09T12:00:00.123400', 123, '1739102400123.4'],
    ['2025-02-09T12:00:00.123456789Z', 123, '1739102400123.456789'],
    ['2025-02-09T12:00:00.000000001+00:00', 0, '1739102400000.000001'],
    ['2025-02-09T12:00:00.9999999', 999, '1739102400999.9999'],
  ])('%s has its milliseconds rounded down, and exactly the digits below', (text, ms, exact) => {
    expect(parseInstant(text)).toEqual({ ms: noon + ms, exact });
  });

  test.each([
    ['2024-02-29T00:00:00', 1_709_164_800_000],
    ['2000-02-29T00:00:00', 951_782_400_000],
    ['1970-01-01T00:00:00', 0],
    ['1969-12-31T23:59:59.999', -1],
    ['0000-01-01T00:00:00', -62_167_219_200_000],
    ['0000-02-29T00:00:00', -62_162_121_600_000],
    ['9999-12-31T23:59:59', 253_402_300_799_000],
    ['2016-12-31T23:59:59', 1_483_228_799_000],
  ])('%s is read', (text, ms) => {
    expect(parseInstant(text)?.ms).toBe(ms);
  });

  test('before 1970 has its milliseconds rounded down, too', () => {
    expect(parseInstant('1969-12-31T23:59:59.9995')).toEqual({ ms: -1, exact: '-1.5' });
  });
});

test.each([
  '2025-02-30T12:00:00',
  '2025-02-29T12:00:00',
  '1900-02-29T12:00:00',
  '2025-04-31T12:00:00',
  '2025-13-01T12:00:00',
  '2025-00-01T12:00:00',
  '2025-01-00T12:00:00',
  '2025-02-09T24:00:00',
  '2025-02-09T12:60:00',
  '2016-12-31T23:59:60Z',
  '10000-01-01T00:00:00',
  '+010000-01-01T00:00:00',
  '-000001-01-01T00:00:00',
  '999-01-01T00:00:00',
  '2025-02-09T12:00:00+24:00',
  '2025-02-09T12:00:00+0100',
  '2025-02-09T12:00:00+01',
  '2025-02-09T12:00:00 Z',
  '2025-02-09T12:00:00.',
  '2025-02-09T12:00:00,5',
  '2025-02-09 12:00:00',
  '2025-02-09t12:00:00z',
  '2025-02-09',
  '20250209T120000',
  '2025-W06-7T12:00:00',
  '12:00:00',
  ' 2025-02-09T12:00:00',
  '2025-02-09T12:00:00\n',
  '1739102400000',
  'February 9, 2025',
  '',
])('"%s" is no instant', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

const someMs = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });

test('instants are equal however they are spelt: in any zone, with any zeros', () => {
  const offsetMinutes = fc.integer({ min: -719, max: 719 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), offsetMinutes, fc.nat(6), (ms, offset, zeros) => {
      const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
      const sign = offset < 0 ? '-' : '+';
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
      const zone = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
      expect(parseInstant(`${local}${'0'.repeat(zeros)}${zone}`)).toEqual({ ms, exact: String(ms) });
    }),
  );
});

test('instants a nanosecond apart differ', () => {
  fc.assert(
    fc.property(fc.nat(999_999_999), fc.nat(999_999_999), (one, other) => {
      const spell = (nanoseconds: number) => `2025-02-09T12:00:00.${String(nanoseconds).padStart(9, '0')}`;
      const areSame = parseInstant(spell(one))?.exact === parseInstant(spell(other))?.exact;
      expect(areSame).toBe(one === other);
    }),
  );
});

test('a fraction of two million digits is read in the time that its length takes, not the square of it', () => {
  const zeros = '0'.repeat(2_000_000);
  const read = () => parseInstant(`2025-02-09T12:00:00.000${zeros}1`);
  // Takes a hundredth of a second. The square would take an hour: no machine is so slow that one is taken for the other.
  const instant = runInNewContext('read()', { read }, { timeout: 60_000 }) as Instant;
  expect(instant.exact).toBe(`1739102400000.${zeros}1`);
});

describe('a spelt instant', () => {
  test.each([
    [noon, '2025-02-09T12:00:00'],
    [noon + 1, '2025-02-09T12:00:00.001'],
    [noon + 120, '2025-02-09T12:00:00.120'],
    [-62_167_219_200_000, '0000-01-01T00:00:00'],
  ])('%d has milliseconds where there are any, and no zone: %s', (ms, text) => {
    expect(spellInstant(ms)).toBe(text);
  });

  test('is read as the same instant, in any year of four digits', () => {
    fc.assert(
      fc.property(someMs, (ms) => {
        expect(parseInstant(spellInstant(ms))?.ms).toBe(ms);
      }),
    );
  });

  test.each(['9999-12-31T23:59:59-01:00', '0000-01-01T00:00:00+01:00'])(
    'is read again, wherever its zone has led it: %s',
    (text) => {
      const instant = parseInstant(text);
      if (instant) expect(parseInstant(spellInstant(instant.ms))).toEqual(instant);
    },
  );
});
