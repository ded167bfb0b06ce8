import fc from 'fast-check';
import { readEventId } from '../../shared/fields/event-id.ts';
import { kindOf } from '../../shared/fields/misfit.ts';
import { readTimestamp, timeForms } from '../../shared/fields/timestamp.ts';
import { readType } from '../../shared/fields/type.ts';
import { readValid } from '../../shared/fields/valid.ts';

describe('an id', () => {
  test.each([
    [1001, undefined, 1001],
    [1001, '1001.0', 1001],
    [1000, '1e3', 1000],
    [0, '-0', 0],
    [2 ** 53 - 1, '9007199254740991', 2 ** 53 - 1],
  ])('is read from the number %d, spelt %s', (value, spelt, id) => {
    expect(readEventId(value, spelt)).toEqual({ value: id });
  });

  test.each([
    [2 ** 53, '9007199254740992', 'a number above 2^53-1'],
    [2 ** 53, '9007199254740991.5', 'a number with a fraction'],
    [Infinity, '1e400', 'a number above 2^53-1'],
    [0, '1e-400', 'a number with a fraction'],
    [-1, undefined, 'a number below 0'],
  ])('is not read from the number %d, spelt %s: %s', (value, spelt, found) => {
    expect(readEventId(value, spelt)).toMatchObject({ misfit: { found } });
  });

  test('may come as a text of digits where a source takes it', () => {
    expect(readEventId('000123', undefined, true)).toEqual({ value: 123 });
    expect(readEventId('000123')).toMatchObject({ misfit: { found: 'a text of digits' } });
    for (const text of ['', '-1', '1.0', '0x1', ' 1', 'ORD-1', '9007199254740992', '9'.repeat(1_000)])
      expect(readEventId(text, undefined, true)).toHaveProperty('misfit');
  });
});

describe('a timestamp', () => {
  const noon = { ms: 1_739_102_400_000, exact: '1739102400000' };

  test.each([
    [1_739_102_400, undefined, 's'],
    ['1739102400', undefined, 's'],
    [1_739_102_400_000, '1739102400000.0', 'ms'],
    ['1739102400000000', undefined, 'us'],
    ['Sun, 09 Feb 2025 12:00:00 +0000', undefined, 'rfc2822'],
    ['2025-02-09T12:00:00Z', undefined, undefined],
    ['2025-02-09T12:00:00Z', undefined, 's'],
    ['2025-02-09T12:00:00Z', undefined, 'rfc2822'],
  ] as const)('is read from %j in the form of its source', (value, spelt, form) => {
    expect(readTimestamp(value, spelt, form)).toEqual({ value: noon });
  });

  test.each([
    [1_739_102_400, undefined, 'a number'],
    [1_739_102_400, 'rfc2822', 'a number'],
    ['1739102400', undefined, 'a text of digits'],
    ['9 Feb 2025', undefined, 'a text that names no instant'],
    ['Sun, 09 Feb 2025 12:00:00 +0000', 'ms', 'a text that names no instant'],
    ['9.2.2025', undefined, 'a date whose day and month are not certain'],
    ['', undefined, 'an empty text'],
    [null, 's', 'null'],
    [{ seconds: 1 }, 's', 'an object'],
  ] as const)('is not read from %j in the form %s: %s', (value, form, found) => {
    expect(readTimestamp(value, undefined, form)).toMatchObject({ misfit: { found } });
  });
});

test('no value makes a reader throw, and no misfit contains the value', () => {
  const value = fc.oneof(fc.anything(), fc.string({ minLength: 12 }), fc.double());
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, ...timeForms), fc.boolean(), (any, form, takesDigits) => {
      const reads = [
        readEventId(any, undefined, takesDigits),
        readTimestamp(any, undefined, form),
        readType(any),
        readValid(any),
      ];
      const words = JSON.stringify(reads.map((read) => ('misfit' in read ? read.misfit : '')));
      if (typeof any === 'string' && any.length >= 12) expect(words).not.toContain(any);
      expect(kindOf(any)).not.toContain('undefined');
    }),
    { numRuns: 1_000 },
  );
});
