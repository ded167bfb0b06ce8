import fc from 'fast-check';
import { joinNames, nameUnder, namesIn, prefixOf } from '../../shared/sources/escaped-name.ts';

describe('a name that is made of values', () => {
  test.each([
    [['a', 'b'], 'a~.b'],
    [['/orders/1'], '~2forders~2f1'],
    [['a.b', 'c'], 'a.b~.c'],
    [['', ''], '~.'],
    [['é'], '~c3~a9'],
    [['😀'], '~f0~9f~98~80'],
    [['~'], '~7e'],
  ])('of %j is %s', (values, name) => {
    expect(joinNames(values)).toBe(name);
  });

  test('has the name of its source before it', () => {
    expect(nameUnder('crm', ['33', 'contact.creation'])).toBe('crm~.33~.contact.creation');
    expect(prefixOf('crm~.33')).toBe('crm');
    expect(prefixOf('crm')).toBeUndefined();
  });

  test('gives its values back', () => {
    const values = fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(values, (given) => {
        const name = nameUnder('crm', given);
        if (!name.includes('~~')) expect(namesIn(name)).toEqual(['crm', ...given]);
      }),
    );
  });

  test('differs where the values differ, also if it is shortened', () => {
    const values = fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(values, values, (one, other) => {
        const areSame = JSON.stringify(one.map(bytesOf)) === JSON.stringify(other.map(bytesOf));
        expect(joinNames(one) === joinNames(other)).toBe(areSame);
      }),
    );
  });

  test('has at most 128 characters: a longer one keeps 90, and a digest tells it from others', () => {
    const long = joinNames(['x'.repeat(129)]);
    expect(joinNames(['x'.repeat(128)])).toBe('x'.repeat(128));
    expect(long).toMatch(/^x{90}~~[\w-]{16}$/);
    expect(joinNames([`${'x'.repeat(128)}y`])).not.toBe(long);
    expect(namesIn(long)).toBeUndefined();
  });
});

function bytesOf(value: string): string {
  return Buffer.from(value).toString('hex');
}
