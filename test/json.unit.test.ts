import { readJsonObject, type JsonObject } from '../shared/json.ts';

function read(text: string): JsonObject {
  const object = readJsonObject(Buffer.from(text));
  if (typeof object === 'string') throw new Error(object);
  return object;
}

describe('bytes are read as a JSON object', () => {
  test('with the text as it stands, and its members', () => {
    const text = ' { "b" : [1, {"c": null}],\r\n\t"a":"é" } ';
    expect(read(text)).toEqual({ text, members: { b: [1, { c: null }], a: 'é' }, exact: undefined });
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

describe('numbers are read by their text', () => {
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
  ])('where a plain parse may change them: %s', (number) => {
    for (const text of [`{"a":${number}}`, `{"a": [1 ,\n${number}\t]}`, `{"b":{"a":[${number},2]}}`]) {
      const { exact } = read(text);
      expect(JSON.stringify(exact)).not.toBeUndefined();
      expect(exact).not.toBe('unreadable');
    }
  });

  test.each(['0', '-1', '12', '999999999999999', '-999999999999999'])(
    'only where it may: not where all are like %s',
    (number) => {
      expect(read(`{"a":${number},"b":[${number}],"c":"1.5"}`).exact).toBeUndefined();
    },
  );

  test('each with all its digits', () => {
    const { exact } = read('{"a":9007199254740993,"b":[1.0,1e400],"c":-0,"d":7}');
    expect(JSON.parse(JSON.stringify(exact, (_, value: unknown) => textOfNumber(value)))).toEqual({
      a: '9007199254740993',
      b: ['1.0', '1e400'],
      c: '-0',
      d: '7',
    });
  });

  test.each([
    ['of a member that is named twice', '{"a":1.5,"a":2}'],
    ['thousands of levels deep', `{"a":${'['.repeat(50_000)}1.5${']'.repeat(50_000)}}`],
  ])('unless the text cannot be told: %s', (_, text) => {
    expect(read(text).exact).toBe('unreadable');
  });
});

/** A number that was read by its text has that as its `value`. */
function textOfNumber(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'isLosslessNumber' in value && 'value' in value
    ? value.value
    : value;
}
