import { placeSchema, valueAt } from '../../shared/sources/place.ts';

const contents = {
  body: { a: { 'b/c': [10, 20], 'd~e': null }, '': 'empty name' },
  attributes: { 'ce-id': 'x' },
  orderingKey: 'k',
};

test.each([
  ['/a/b~1c/1', 20],
  ['/a/d~0e', null],
  ['/', 'empty name'],
  ['/a/nothing', undefined],
  ['/a/b~1c/02', undefined],
  ['/constructor', undefined],
  ['/__proto__/x', undefined],
  ['attribute:ce-id', 'x'],
  ['attribute:toString', undefined],
  ['ordering-key', 'k'],
])('at %s is %j', (place, value) => {
  expect(valueAt(place, contents)).toEqual(value);
});

test('a message without an ordering key has none', () => {
  expect(valueAt('ordering-key', { ...contents, orderingKey: '' })).toBeUndefined();
});

test.each(['/a', '/', '/a/b~1c', '/a//b', 'attribute:x', 'ordering-key'])('%s is a place', (place) => {
  expect(placeSchema.safeParse(place).success).toBe(true);
});

test.each(['', 'a', 'a/b', '/a~', '/a~2', 'attribute:', 'attributes:x', 'ordering-Key'])('%s is no place', (place) => {
  expect(placeSchema.safeParse(place).success).toBe(false);
});
