import fc from 'fast-check';
import { makeInstant, spellInstant } from '../shared/instant.ts';
import { parseIso8601 } from '../shared/timestamps/iso8601.ts';

const noon = 1_739_102_400_000;
const someMs = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });

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
        expect(parseIso8601(spellInstant(ms))?.ms).toBe(ms);
      }),
    );
  });

  test.each(['9999-12-31T23:59:59-01:00', '0000-01-01T00:00:00+01:00'])(
    'is read again, wherever its zone has led it: %s',
    (text) => {
      const instant = parseIso8601(text);
      if (instant) expect(parseIso8601(spellInstant(instant.ms))).toEqual(instant);
    },
  );
});

test('an instant is of the years 0 to 9999', () => {
  expect(makeInstant(253_402_300_799_999)?.ms).toBe(253_402_300_799_999);
  expect([253_402_300_800_000, -62_167_219_200_001, Number.NaN].map((ms) => makeInstant(ms))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
