import fc from 'fast-check';
import { canonicalJson, contentHash } from '../shared/content-hash.ts';
import { parseInstant } from '../shared/instant.ts';
import { readJsonObject } from '../shared/json.ts';
import { draws, jsonObject, numberText, spell, type Node, type ObjectNode } from './support/json-arbitraries.ts';

/** The hash of an object's text, as hexadecimal digits; its timestamp counts as an instant where it is one. */
function hashOf(text: string): string {
  const object = readJsonObject(Buffer.from(text));
  if (typeof object === 'string') throw new Error(`${object}: ${text}`);
  const { timestamp } = object.members;
  const instant = typeof timestamp === 'string' ? parseInstant(timestamp) : undefined;
  return Buffer.from(contentHash(object, instant), 'latin1').toString('hex');
}

function areAlike(...texts: readonly string[]): boolean {
  return new Set(texts.map(hashOf)).size === 1;
}

function areDistinct(...texts: readonly string[]): boolean {
  return new Set(texts.map(hashOf)).size === texts.length;
}

test('a hash has ninety-six bits', () => {
  expect(hashOf('{}')).toMatch(/^[0-9a-f]{24}$/);
});

test('a hash stays what it is from release to release, since stored blocks hold it', () => {
  // printf '{"event_id":6,"n":1.0,"timestamp":"1739102400000.5","type":"a"}' | sha256sum | cut -c1-24
  const text = '{"type":"a", "n":1.0, "event_id":6, "valid":false, "timestamp":"2025-02-09T13:00:00.0005+01:00"}';
  expect(hashOf(text)).toBe('c4f45b21b8bce65f53e39e1a');
});

describe('what does not count', () => {
  test.each([
    ['the order of members', '{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3,"c":2},"a":1}'],
    ['white space', '{"a":[1,2]}', ' {\t"a" :\r\n[ 1 , 2 ] } '],
    ['how a string is escaped', '{"a":"é\\n/"}', '{"\\u0061":"\\u00e9\\u000A\\/"}'],
    ['whether it says that it is valid', '{"a":1,"valid":true}', '{"a":1,"valid":false}', '{"a":1}'],
    [
      'that, beside a number that is read by its text',
      '{"a":1.50,"valid":true}',
      '{"a":1.50,"valid":false}',
      '{"a":1.50}',
    ],
    [
      'how the timestamp is spelt',
      '{"timestamp":"2025-02-09T12:00:00"}',
      '{"timestamp":"2025-02-09T13:00:00.000+01:00"}',
    ],
    [
      'that, beside a number that is read by its text',
      '{"a":1.50,"timestamp":"2025-02-09T12:00:00Z"}',
      '{"timestamp":"2025-02-09T12:00:00","a":1.50}',
    ],
  ])('is %s', (_, ...texts) => {
    expect(areAlike(...texts)).toBe(true);
  });
});

describe('what counts', () => {
  test.each([
    ['the value of a member', '{"a":1}', '{"a":2}'],
    ['the name of a member', '{"a":1}', '{"b":1}', '{"A":1}'],
    ['whether there is a member', '{}', '{"a":null}', '{"a":{}}', '{"a":[]}', '{"a":""}', '{"a":false}', '{"a":0}'],
    ['the order of an array', '{"a":[1,2]}', '{"a":[2,1]}', '{"a":[[1],2]}', '{"a":[1,[2]]}'],
    ['whether it is a number or a string', '{"a":1}', '{"a":"1"}', '{"a":1.5}', '{"a":"1.5"}'],
    ['a member `valid` of an object inside', '{"data":{"valid":true}}', '{"data":{"valid":false}}', '{"data":{}}'],
    ['where a member stands', '{"a":{"b":1}}', '{"a":{},"b":1}', '{"a.b":1}'],
    [
      'the nanoseconds of the timestamp',
      '{"timestamp":"2025-02-09T12:00:00.000000001"}',
      '{"timestamp":"2025-02-09T12:00:00.000000002"}',
      '{"timestamp":"2025-02-09T12:00:00"}',
    ],
    ['a timestamp that cannot be read', '{"timestamp":"noon"}', '{"timestamp":"Noon"}', '{"timestamp":7}', '{}'],
    [
      'how a timestamp of an object inside is spelt',
      '{"data":{"timestamp":"2025-02-09T12:00:00"}}',
      '{"data":{"timestamp":"2025-02-09T12:00:00Z"}}',
    ],
  ])('is %s', (_, ...texts) => {
    expect(areDistinct(...texts)).toBe(true);
  });

  test.each([
    ['1', '1.0', '1.00', '1e0', '1E0', '10e-1'],
    ['0', '-0', '0.0', '-0.0', '0e0'],
    ['1e400', '1e401', '-1e400', '1e999'],
    ['1e-400', '0', '1e-401'],
    ['9007199254740991', '9007199254740992', '9007199254740993', '9007199254740994'],
    ['0.1', '0.10', '0.1000000000000000055511151231257827'],
    ['123456789012345678901234567890', '123456789012345678901234567891'],
  ])('is the text of a number: none of %s, %s and the others is another', (...numbers) => {
    expect(areDistinct(...numbers.map((number) => `{"a":${number}}`))).toBe(true);
    expect(areDistinct(...numbers.map((number) => `{"a":[{"b":[0, ${number} ]}]}`))).toBe(true);
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'isLosslessNumber'])(
    'is a member by the name of %s, in the event and inside, with exact numbers or without',
    (name) => {
      expect(areDistinct('{}', `{"${name}":1}`, `{"${name}":2}`, `{"${name}":1.5}`, `{"${name}":2.5}`)).toBe(true);
      expect(areDistinct(`{"a":{"${name}":{"b":1}}}`, `{"a":{"${name}":{"b":2}}}`, '{"a":{}}')).toBe(true);
      expect(areDistinct(`{"a":{"${name}":{"b":1.5}}}`, `{"a":{"${name}":{"b":2.5}}}`, '{"a":{}}')).toBe(true);
    },
  );
});

test('an event may be thousands of levels deep, in arrays or in objects', () => {
  const arrays = (inmost: string) => `{"a":${'['.repeat(5_000)}${inmost}${']'.repeat(5_000)}}`;
  const objects = (inmost: string) => `${'{"a":'.repeat(5_000)}${inmost}${'}'.repeat(5_000)}`;
  expect(areDistinct(arrays(''), arrays('1'), arrays('2'), objects('1'), objects('2'))).toBe(true);
  expect(areDistinct(arrays('1.5'), arrays('2.5'), objects('1.5'), objects('2.5'))).toBe(true);
});

test('an array may have a million elements', () => {
  const numbers = `[${'1,'.repeat(1_000_000)}1]`;
  expect(areAlike(`{"a":${numbers}}`, `{"a" : ${numbers}}`)).toBe(true);
});

test('an event that cannot be read number by number is told by its whole text', () => {
  expect(areAlike('{"a":1.5,"a":2.5}', '{"a":1.5,"a":2.5}')).toBe(true);
  expect(areDistinct('{"a":1.5,"a":2.5}', '{"a":1.6,"a":2.5}', '{"a":2.5}', '{"a":1.5,"a":2.50}')).toBe(true);
});

test('canonical JSON has sorted members, no white space, and numbers as they are', () => {
  expect(canonicalJson({ b: [1, 'é', null, true, {}], a: { d: [], c: '"' } })).toBe(
    '{"a":{"c":"\\"","d":[]},"b":[1,"é",null,true,{}]}',
  );
});

const seed = fc.nat();

test('an object has one hash, however it is spelt', () => {
  fc.assert(
    fc.property(jsonObject, seed, seed, (object, one, other) => {
      expect(hashOf(spell(object, draws(one)))).toBe(hashOf(spell(object, draws(other))));
    }),
    { numRuns: 300 },
  );
});

test('two objects have one hash exactly where they say the same, but for `valid`', () => {
  const nearby = fc.tuple(jsonObject, jsonObject, fc.boolean()).map(([one, other, isMixed]) =>
    // Half of the others differ from the one in a member only, or not at all.
    isMixed ? ([one, withMember(one, other.members[0])] as const) : ([one, other] as const),
  );
  fc.assert(
    fc.property(nearby, seed, ([one, other], spelling) => {
      const [first, second] = [spell(one, draws(spelling)), spell(other, draws(spelling + 1))];
      expect(hashOf(first) === hashOf(second)).toBe(modelOf(one) === modelOf(other));
    }),
    { numRuns: 300 },
  );
});

function withMember(object: ObjectNode, member: ObjectNode['members'][number] | undefined): ObjectNode {
  if (!member) return object;
  return { kind: 'object', members: [...object.members.filter(({ name }) => name !== member.name), member] };
}

/** What an object says, written down by recursion over the model it was spelt from. */
function modelOf({ members }: ObjectNode): string {
  return saying({ kind: 'object', members: members.filter(({ name }) => name !== 'valid') });
}

function saying(node: Node): string {
  switch (node.kind) {
    case 'literal':
    case 'number':
      return `${node.kind} ${node.text}`;
    case 'string':
      return `string ${JSON.stringify(node.content)}`;
    case 'array':
      return `array (${node.items.map(saying).join(' ')})`;
    case 'object':
      return `object (${node.members
        .map(({ name, value }) => `${JSON.stringify(name)} ${saying(value)}`)
        .sort()
        .join(' ')})`;
  }
}

test('whenever a plain parse would change a number, two texts that differ in it alone have different hashes', () => {
  const around = fc.tuple(jsonObject, seed).map(([object, spelling]) => {
    const marked = withMember(object, {
      name: 'here',
      value: { kind: 'array', items: [{ kind: 'string', content: '@@' }] },
    });
    return spell(marked, draws(spelling));
  });
  const changed = numberText.filter((number) => JSON.stringify(JSON.parse(number)) !== number);
  fc.assert(
    fc.property(around, changed, numberText, (text, number, other) => {
      const [before, after] = text.split(/"(?:@|\\u0040){2}"/) as [string, string];
      const plain = JSON.stringify(JSON.parse(number));
      const hashWith = (one: string) => hashOf(`${before}${one}${after}`);
      expect(hashWith(number)).not.toBe(hashWith(plain));
      if (other !== number) expect(hashWith(number)).not.toBe(hashWith(other));
    }),
    { numRuns: 500 },
  );
});
