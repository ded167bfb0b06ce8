import fc from 'fast-check';
import { JsonPlaces } from '../../shared/verification/json-places.ts';

const text = '{"a": {"b/c": [1, {"d": 1.0}], "a~b":"x" }, "n":9007199254740993,"":{"":2}}';
const places = new JsonPlaces(text);

test.each([
  ['/n', '9007199254740993'],
  ['/a/b~1c/1/d', '1.0'],
  ['/a/a~0b', '"x"'],
  ['//', '2'],
  ['/a/b~1c/0', '1'],
  ['/a/b~1c/01', undefined],
  ['/a/b~1c/-', undefined],
  ['/n/x', undefined],
  ['/toString', undefined],
])('the value at %s is %s', (pointer, value) => {
  expect(places.textAt(pointer)).toBe(value);
});

test.each([
  ['/n', text.replace('9007199254740993', '5')],
  ['/a/b~1c/1/d', text.replace('1.0', '5')],
  ['/a/new', text.replace('"x" }', '"x" ,"new":5}')],
  ['/p/q', text.replace(/\}$/, ',"p":{"q":5}}')],
  ['/n/x', undefined],
  ['/a/b~1c/7', undefined],
])('a value is put at %s, and no other byte changes', (pointer, expected) => {
  expect(places.withValue(pointer, '5')).toBe(expected);
});

test('a first member is added without a comma', () => {
  expect(new JsonPlaces('{ }').withValue('/a', '1')).toBe('{ "a":1}');
});

test('a value is ambiguous if a member on the way to it occurs twice', () => {
  const twice = new JsonPlaces('{"a":{"b":1},"a":{"b":2},"c":{"d":1,"d":1}}');
  expect(['/a/b', '/a', '/c/d', '/c', '/x'].map((pointer) => twice.isAmbiguous(pointer))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('whatever the object is, a value that was put is the one that is read, and the rest stays', () => {
  const name = fc.string({ maxLength: 3 });
  fc.assert(
    fc.property(fc.dictionary(name, fc.jsonValue()), name, fc.jsonValue(), (object, member, value) => {
      const pointer = `/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const changed = new JsonPlaces(JSON.stringify(object)).withValue(pointer, JSON.stringify(value))!;
      const expected = new Map([...Object.entries(object), [member, value]]);
      expect(new Map(Object.entries(JSON.parse(changed) as object))).toEqual(
        new Map(JSON.parse(JSON.stringify([...expected])) as [string, unknown][]),
      );
    }),
  );
});
