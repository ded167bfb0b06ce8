import fc from 'fast-check';
import type { TypeDefinition } from '../../shared/stream-settings.ts';
import { isToBeChecked, type Consulted } from '../../shared/validation/verification-policy.ts';

const valid: Consulted = { origin: 'producer', valid: true, key: '7/1739102400000' };
const invalid: Consulted = { ...valid, valid: false };
const consults: (TypeDefinition | undefined)[] = [
  undefined,
  {},
  { consult: 'invalid' },
  { consult: 'never' },
  { consult: 'always' },
  { consult: { share: 0 } },
  { consult: { share: 1 } },
];

describe('an event that says that it is invalid', () => {
  test.each(consults.map((type) => ({ type })))('is to be checked, whatever the catalog says: $type', ({ type }) => {
    expect(isToBeChecked(invalid, type)).toBe(true);
  });

  test('is to be checked when an operator replays it', () => {
    expect(isToBeChecked({ ...invalid, origin: 'replayed' }, undefined)).toBe(true);
  });
});

describe('an event that says that it is valid', () => {
  test.each([
    [false, undefined],
    [false, {}],
    [false, { consult: 'invalid' }],
    [false, { consult: 'never' }],
    [true, { consult: 'always' }],
    [false, { consult: { share: 0 } }],
    [true, { consult: { share: 1 } }],
  ] as const)('is to be checked (%s) as the catalog says of its type: %j', (expected, type) => {
    expect(isToBeChecked(valid, type)).toBe(expected);
    expect(isToBeChecked({ ...valid, origin: 'replayed' }, type)).toBe(expected);
  });
});

test.each(['verified', 'corrected', 'reconstructed'] as const)(
  'what is %s is not to be checked again, whatever it and the catalog say',
  (origin) => {
    for (const type of consults) {
      expect(isToBeChecked({ ...valid, origin }, type)).toBe(false);
      expect(isToBeChecked({ ...invalid, origin }, type)).toBe(false);
    }
  },
);

describe('a share of events', () => {
  const isDrawn = (key: string, share: number) => isToBeChecked({ ...valid, key }, { consult: { share } });

  test('is drawn by the key: every copy of an event is treated alike', () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), (key, share) => {
        expect(isDrawn(key, share)).toBe(isDrawn(key, share));
        expect(isToBeChecked({ ...valid, key, origin: 'replayed' }, { consult: { share } })).toBe(isDrawn(key, share));
      }),
    );
  });

  test('grows with the share: what is drawn of few is drawn of more', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.string(), share, share, (key, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(isDrawn(key, less) && !isDrawn(key, more)).toBe(false);
      }),
    );
  });

  test.each([0.01, 0.1, 0.5, 0.9])('of %d is about as many', (share) => {
    const drawn = Array.from({ length: 10_000 }, (_, i) => isDrawn(`${i}/${1_739_102_400_000 + i}`, share));
    expect(Math.abs(drawn.filter(Boolean).length / 10_000 - share)).toBeLessThan(0.02);
  });
});
