import fc from 'fast-check';
import { contentHash } from '../shared/content-hash.ts';
import { readJsonObject, type JsonObject } from '../shared/json.ts';
import { draws, jsonObject, spell } from './support/json-arbitraries.ts';

const read = (text: string): JsonObject => readJsonObject(Buffer.from(text)) as JsonObject;

const replacements = [
  { path: ['a'], text: undefined },
  { path: ['b'], text: '"in its place"' },
  { path: ['c', '0'], text: undefined },
  { path: ['c', 'a'], text: '7' },
];

describe('the content of plain JSON', () => {
  test('has the digest that its text gives', () => {
    let plain = 0;
    fc.assert(
      fc.property(jsonObject, fc.nat(), (object, spelling) => {
        const found = read(spell(object, draws(spelling)));
        if (found.isPlain) plain++;
        const byText = contentHash({ ...found, isPlain: false }, replacements);
        expect(contentHash(found, replacements)).toEqual(byText);
      }),
      { numRuns: 300 },
    );
    expect(plain).toBeGreaterThan(30);
  });

  test.each([
    ['a name twice', '{"a":1,"a":1}'],
    ['a name twice, further in', '{"a":[{"b":{},"b":{}}]}'],
    ['a number with an exponent', '{"a":1e3}'],
    ['a fraction that ends in 0', '{"a":[1, 2.50]}'],
    ['a negative zero', '{"a":-0}'],
    ['a very small fraction', '{"a":0.0000001}'],
    ['more digits than a double has', '{"a":9007199254740993}'],
    ['more digits than a double has, in a fraction', '{"a":0.1000000000000000055}'],
    ['deep nesting', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['a long text', `{"a":"${'x'.repeat(70_000)}"}`],
  ])('is read from the text if it has %s', (_, text) => {
    expect(read(text).isPlain).toBe(false);
  });

  test.each(['{}', '{"a":50.42,"b":[0.5,-1,0,null,true]}', '{ "b" : "1e5 ,-0" ,\n"a":{"é":"\\u00e9","10":1,"9":2} }'])(
    'is read from the members of %j',
    (text) => {
      const found = read(text);
      expect(found.isPlain).toBe(true);
      expect(contentHash(found, [])).toEqual(contentHash({ ...found, isPlain: false }, []));
    },
  );
});
