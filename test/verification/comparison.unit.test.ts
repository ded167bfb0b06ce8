import type { Comparison } from '../../shared/record-mapping.ts';
import { areEqual, spellLike } from '../../shared/verification/comparison.ts';

describe('two values are equal', () => {
  test.each<[Comparison, string | undefined, string | undefined]>([
    ['value', '1', '1.0'],
    ['value', '10', '1e1'],
    ['value', '"a"', '"\\u0061"'],
    ['value', '{"a":1,"b":[2.0]}', '{ "b" : [2], "a" : 1 }'],
    ['value', undefined, 'null'],
    ['number', '100.5', '"100.50"'],
    ['number', '"007"', '7'],
    ['boolean', 'true', '"true"'],
    ['time', '"2026-11-26T12:00:00Z"', '"Thu, 26 Nov 2026 12:00:00 +0000"'],
    ['time', '"2026-11-26T12:00:00Z"', '"2026-11-26T13:00:00+01:00"'],
    ['s', '"2026-11-26T12:00:00Z"', '1795694400'],
    ['ms', '"2026-11-26T12:00:00Z"', '"1795694400000"'],
  ])('as %s: %s and %s', (as, one, other) => {
    expect(areEqual(one, other, as)).toBe(true);
    expect(areEqual(other, one, as)).toBe(true);
  });
});

describe('two values differ', () => {
  test.each<[Comparison, string | undefined, string]>([
    ['value', '9007199254740992', '9007199254740993'],
    ['value', '1', '"1"'],
    ['value', '[1,2]', '[2,1]'],
    ['value', '1e400', '1e401'],
    ['value', undefined, '""'],
    ['number', '"0x10"', '16'],
    ['number', 'null', '0'],
    ['boolean', '"yes"', 'true'],
    ['time', '"2026-11-26T12:00:00.0001Z"', '"2026-11-26T12:00:00Z"'],
    ['time', '1795694400', '"2026-11-26T12:00:00Z"'],
    ['s', '1795694400000', '1795694400'],
  ])('as %s: %s and %s', (as, one, other) => {
    expect(areEqual(one, other, as)).toBe(false);
    expect(areEqual(other, one, as)).toBe(false);
  });
});

describe('a corrected value has the form of the event’s own', () => {
  test.each<[Comparison, string | undefined, string, string]>([
    ['number', '7', '"0100.50"', '100.50'],
    ['number', '"7"', '100', '"100"'],
    ['number', undefined, '"5"', '5'],
    ['number', '7', 'null', 'null'],
    ['boolean', 'false', '"true"', 'true'],
    ['s', '1', '1795694400', '1795694400'],
    ['s', '"2025-01-01T00:00:00Z"', '1795694400', '"2026-11-26T12:00:00.000Z"'],
    ['ms', '1', '"2026-11-26T12:00:00Z"', '1795694400000'],
    ['time', '"2025-01-01T00:00:00Z"', '"Thu, 26 Nov 2026 12:00:00 +0000"', '"2026-11-26T12:00:00.000Z"'],
    ['value', '1', '9007199254740993', '9007199254740993'],
  ])('as %s, in place of %s: %s', (as, own, value, written) => {
    expect(spellLike(own, value, as)).toBe(written);
  });
});
