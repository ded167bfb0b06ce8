import fc from 'fast-check';
import { countNodes, maxNodes, readJsonObject, skimJsonObject, type JsonObject } from '../shared/json.ts';
import { draws, jsonObject, spell, type Node } from './support/json-arbitraries.ts';

function read(text: string): JsonObject {
  const object = readJsonObject(Buffer.from(text));
  if (typeof object === 'string') throw new Error(object);
  return object;
}

describe('bytes are read as a JSON object', () => {
  test('with the text as it stands, and its members', () => {
    const text = ' { "b" : [1, {"c": null}],\r\n\t"a":"é" } ';
    expect(read(text)).toMatchObject({ text, members: { b: [1, { c: null }], a: 'é' }, mayRound: false });
  });

  test('of which a member may have any name', () => {
    const { members } = read('{"__proto__":{"a":1},"constructor":2}');
    expect(Object.keys(members)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(members)).toBe(Object.prototype);
  });

  test('however deep it is', () => {
    expect(typeof read(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)).toBe('object');
  });
});

describe('bytes that are no JSON object', () => {
  test.each([
    ['a byte that never occurs', [0x7b, 0xff, 0x7d]],
    ['half a character', [0x22, 0xc3, 0x22]],
    ['half a pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a character in too many bytes', [0x22, 0xc0, 0x80, 0x22]],
  ])('are not UTF-8: %s', (_, bytes) => {
    expect(readJsonObject(Uint8Array.from(bytes))).toBe('not UTF-8');
  });

  test.each(['', ' ', '{', '{"a":1,}', "{'a':1}", '{"a":01}', '{"a":NaN}', '{} {}', '\ufeff{}', '{"a":"\n"}', 'event'])(
    'are not JSON: %j',
    (text) => {
      expect(readJsonObject(Buffer.from(text))).toBe('not JSON');
    },
  );

  test.each(['[]', '[{}]', 'null', 'true', '1', '"{}"'])('are not an object: %s', (text) => {
    expect(readJsonObject(Buffer.from(text))).toBe('not an object');
  });
});

describe('a plain parse may have changed a number', () => {
  test.each([
    '1.0',
    '1.5',
    '1e5',
    '1E5',
    '1e400',
    '-1e-400',
    '-0',
    '-0.0',
    '1234567890123456',
    '9007199254740993',
    '-9007199254740993',
    '100000000000000000000000',
  ])('that is like %s, wherever it stands', (number) => {
    for (const text of [`{"a":${number}}`, `{"a": [1 ,\n${number}\t]}`, `{"b":{"a":[${number},2]}}`])
      expect(read(text).mayRound).toBe(true);
  });

  test.each(['0', '-1', '12', '999999999999999', '-999999999999999'])('but not one that is like %s', (number) => {
    expect(read(`{"a":${number},"b":[${number}],"c":"1.5"}`).mayRound).toBe(false);
  });
});

describe('the values and names of a text are counted before it is parsed', () => {
  test('each once, and nothing that stands in strings', () => {
    fc.assert(
      fc.property(jsonObject, fc.nat(), (object, spelling) => {
        expect(countNodes(Buffer.from(spell(object, draws(spelling))))).toBe(nodesOf(object));
      }),
      { numRuns: 300 },
    );
  });

  test('so that text that has too many is not parsed', () => {
    const list = (n: number) => Buffer.from(`{"a":[${'1,'.repeat(n - 1)}1]}`);
    expect(typeof readJsonObject(list(maxNodes - 3))).toBe('object');
    const parse = jest.spyOn(JSON, 'parse');
    expect(readJsonObject(list(maxNodes - 2))).toBe('too many nodes');
    expect(readJsonObject(Buffer.from('['.repeat(maxNodes + 1)))).toBe('too many nodes');
    expect(readJsonObject(Buffer.from(`[${'{ },'.repeat(maxNodes)}`))).toBe('too many nodes');
    expect(parse).not.toHaveBeenCalled();
  });

  test('to the end, however the text ends', () => {
    for (const text of ['', '"', '"\\', '[', '{"', ',,,']) expect(countNodes(Buffer.from(text))).toBeGreaterThan(0);
  });
});

function nodesOf(node: Node): number {
  switch (node.kind) {
    case 'literal':
    case 'number':
    case 'string':
      return 1;
    case 'array':
      return node.items.reduce((sum, item) => sum + nodesOf(item), 1);
    case 'object':
      return node.members.reduce((sum, { value }) => sum + 1 + nodesOf(value), 1);
  }
}

describe('of an object that has too many values and names', () => {
  const skim = (text: string) => skimJsonObject(Buffer.from(text), ['id', 'name'])?.members;

  test('members are read that are no containers', () => {
    expect(skim(' {"a":[1,{"id":2}], "id" : 6 ,"name":"x\\n","b":"id"} \n')).toEqual({ id: 6, name: 'x\n' });
    expect(skim('{"id":[6],"name":{}}')).toEqual({});
    expect(skim('{"id":null}')).toEqual({ id: null });
  });

  test('a member that is named twice is not read', () => {
    expect(skim('{"id":1,"\\u0069d":2}')).toEqual({});
    expect(skim('{"id":1,"id":2,"id":3}')).toEqual({});
    expect(skim('{"id":[],"id":1}')).toEqual({});
    expect(skim('{"id":1,"id":[]}')).toEqual({});
  });

  test.each([
    ['that is an array', '[{"id":6}]'],
    ['that does not end', '{"id":6,"a":[1'],
    ['behind which another stands', '{"id":6}\n{"id":7}'],
    ['whose string does not end', '{"id":"6}'],
    ['whose string ends in the middle of an escape', '{"id":"6\\'],
    ['of which a member is no JSON', '{"id":06}'],
    ['whose names are no JSON', '{"\\x":6}'],
    ['that is none', ''],
  ])('nothing is read where it is one %s', (_, text) => {
    expect(skim(text)).toBeUndefined();
  });

  test('nothing is read where it is not UTF-8', () => {
    expect(skimJsonObject(Buffer.from([0x7b, 0xff, 0x7d]), [])).toBeUndefined();
  });
});
