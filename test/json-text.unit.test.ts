import fc from 'fast-check';
import { appendMember, setMember } from '../shared/json-text.ts';
import { draws, jsonNode, memberName, spell, spellString } from './support/json-arbitraries.ts';

describe('a member that is set', () => {
  test.each([
    ['replaces its value, and nothing else', '{ "valid" : false , "a":1.0}', '{ "valid" : true , "a":1.0}'],
    ['is added where there is none', '{"a":1.0}', '{"a":1.0,"valid":true}'],
    ['is the first of an object without any', '{ }', '{ "valid":true}'],
    [
      'is not that of an object inside',
      '{"a":{"valid":0},"b":[{"valid":0}]}',
      '{"a":{"valid":0},"b":[{"valid":0}],"valid":true}',
    ],
    ['is found though its name is escaped', '{"\\u0076alid":0}', '{"\\u0076alid":true}'],
    ['is replaced everywhere it is named', '{"valid":0,"a":2,"valid":null}', '{"valid":true,"a":2,"valid":true}'],
    [
      'is not a string that has its name',
      '{"a":"valid","b":"\\"valid\\":0"}',
      '{"a":"valid","b":"\\"valid\\":0","valid":true}',
    ],
    ['replaces a whole object', '{"valid":{"a":[1,{"b":"}"}]},"c":1}', '{"valid":true,"c":1}'],
    ['keeps the white space around it', '{"valid":\n\t"no"\r\n}', '{"valid":\n\ttrue\r\n}'],
    ['is not one that differs in case', '{"Valid":false}', '{"Valid":false,"valid":true}'],
    [
      'leaves numbers that a plain parse would change',
      '{"a":1e400,"b":9007199254740993,"valid":0}',
      '{"a":1e400,"b":9007199254740993,"valid":true}',
    ],
  ])('%s', (_, text, expected) => {
    expect(setMember(text, 'valid', true)).toBe(expected);
  });

  test('may be of any name, and an object', () => {
    expect(setMember('{"a":1,"__proto__":2}', '__proto__', { b: [1] })).toBe('{"a":1,"__proto__":{"b":[1]}}');
    expect(setMember('{"a\\"b":1}', 'a"b', 'c"d')).toBe('{"a\\"b":"c\\"d"}');
  });
});

describe('a member that is appended', () => {
  test.each([
    ['{}', '{"valid":true}'],
    ['{\n}\n', '{\n"valid":true}\n'],
    ['{"a":{}}', '{"a":{},"valid":true}'],
    ['{"a":"{"}', '{"a":"{","valid":true}'],
    ['{"a":"{ }"} ', '{"a":"{ }","valid":true} '],
    ['{"a":[{}] }', '{"a":[{}] ,"valid":true}'],
  ])('to %s stands at the end', (text, expected) => {
    expect(appendMember(text, 'valid', true)).toBe(expected);
  });
});

const blank = fc.constantFrom('', ' ', '\n', '\t', '\r\n ');

/** An object of members as they are spelt, some named alike, with the text of each value apart from what is around it. */
const spelt = fc
  .record({
    members: fc.array(
      fc.record({
        name: fc.oneof(fc.constant('valid'), memberName),
        value: jsonNode,
        seed: fc.nat(),
        blanks: fc.array(blank, { minLength: 4, maxLength: 4 }),
      }),
      { maxLength: 6 },
    ),
    before: blank,
    inside: blank,
    after: blank,
  })
  .map(({ members, before, inside, after }) => ({
    before: `${before}{`,
    after: `}${after}`,
    inside,
    members: members.map(({ name, value, seed, blanks: [a = '', b = '', c = '', d = ''] }) => {
      const draw = draws(seed);
      return {
        name,
        left: `${a}${spellString(name, draw)}${b}:${c}`,
        value: spell(value, draw).trim(),
        right: d,
      };
    }),
  }));

/** Writes the object, each value by what `valueOf` makes of it. */
function write(
  { before, after, inside, members }: Spelt,
  valueOf = (member: Spelt['members'][number]) => member.value,
) {
  const texts = members.map((member) => member.left + valueOf(member) + member.right);
  return before + (texts.join(',') || inside) + after;
}

type Spelt = typeof spelt extends fc.Arbitrary<infer T> ? T : never;

test('whatever the object says, and however it is spelt, every other byte stays', () => {
  fc.assert(
    fc.property(spelt, memberName, jsonValue(), (object, name, value) => {
      const isNamed = object.members.some((member) => member.name === name);
      fc.pre(isNamed);
      const expected = write(object, (member) => (member.name === name ? JSON.stringify(value) : member.value));
      expect(setMember(write(object), name, value)).toBe(expected);
    }),
    { numRuns: 300 },
  );
});

test('a member that is missing is added behind the last byte of the others', () => {
  fc.assert(
    fc.property(spelt, jsonValue(), (object, value) => {
      const name = 'not there yet';
      const all = write(object);
      const cut = all.length - object.after.length;
      const comma = object.members.length > 0 ? ',' : '';
      const expected = `${all.slice(0, cut)}${comma}"not there yet":${JSON.stringify(value)}${object.after}`;
      expect(setMember(all, name, value)).toBe(expected);
      expect(appendMember(all, name, value)).toBe(expected);
    }),
  );
});

function jsonValue() {
  return fc.oneof(fc.boolean(), fc.string(), fc.constant({ corrected: ['a"}'] }));
}
