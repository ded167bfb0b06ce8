import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { LosslessNumber, parse as parseLosslessly } from 'lossless-json';
import { contentHash } from '../shared/content-hash.ts';
import { parseIso8601 } from '../shared/timestamps/iso8601.ts';
import { maxNodes, readJsonObject } from '../shared/json.ts';
import {
  draws,
  jsonObject,
  jsonNumber,
  spell,
  type Member,
  type Node,
  type ObjectNode,
} from './support/json-arbitraries.ts';

/** The hash of an object's text, as hexadecimal digits; its timestamp counts as an instant where it is one. */
function hashOf(text: string): string {
  const object = readJsonObject(Buffer.from(text));
  if (typeof object === 'string') throw new Error(`${object}: ${text.slice(0, 200)}`);
  const { timestamp } = object.members;
  const instant = typeof timestamp === 'string' ? parseIso8601(timestamp) : undefined;
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

describe('a hash stays what it is from release to release, since stored blocks hold it', () => {
  const timestamp = '"timestamp":"2025-02-09T13:00:00.0005+01:00"';
  test.each([
    // printf '{"event_id":6,"n":1.0,"timestamp":"1739102400000.5","type":"a"}' | sha256sum | cut -c1-24
    ['c4f45b21b8bce65f53e39e1a', 'an event', `{"type":"a", "n":1.0, "event_id":6, "valid":false, ${timestamp}}`],
    ['44136fa355b3678a1146ad16', 'no members', ' { } '],
    [
      'e62485938bc3f433bbb65c3c',
      'white space',
      ' {\n\t"data" : { "b" : [ 1 , 2 ] , "a" : null } , "event_id" : 6 }\r\n',
    ],
    [
      'a885b8216b45ac1bd119437f',
      'escapes',
      '{"a":"\\u00e9\\n\\/\\"\\\\\\ud800 \\ud83d\\ude00 é 😀 \\u2028","\\u0062":1}',
    ],
    [
      '1b27dd699379279afa5100c6',
      'numbers that a plain parse changes',
      '{"a":[1.0,1e400,-0,9007199254740993,0.1],"b":{"c":1.50}}',
    ],
    [
      '38809e1fbe53dd57d3ef8c1d',
      'names in the order of UTF-16',
      '{"é":1,"z":2,"Z":3,"":4,"10":5,"9":6,"\\ud83d\\ude00":7,"\\uffff":8,"a\\"b":9}',
    ],
    [
      'a39056da4691fd9a3a3a8929',
      'names that every object inherits',
      '{"__proto__":{"a":1},"constructor":2,"toString":[{"__proto__":1.5}]}',
    ],
    [
      '00c2604153f5ff87efa393fe',
      'a timestamp',
      `{${timestamp},"valid":false,"data":{"timestamp":"2025-02-09T12:00:00","valid":true}}`,
    ],
    ['2f5a2b663d4e3e2cb38ee786', 'a timestamp beside -0', `{${timestamp},"valid":false,"n":-0}`],
    ['081179eb8688c4eb66ab98d1', 'a timestamp that is none', '{"timestamp":"noon","valid":null}'],
    ['80594488fa7f27535360e153', 'members that are named twice', '{"a":1,"b":2,"a":{"c":3,"c":4}}'],
    ['457540014ce7d838cf3b81a3', 'that, alike, beside 1.5', '{"n":1.5,"a":[1,{"b":"x"}],"a":[1,{"b":"\\u0078"}]}'],
    ['ddbfb2881eb6b5f34be209b1', 'that, with two numbers', '{"n":1.5,"a":1,"a":1.0}'],
    ['2fb1782f52eded8f818d6989', 'that, with an empty array and an empty object', '{"n":1.5,"a":[],"a":{}}'],
    ['35840fe4372f44d1ad2c9e8e', 'that, within `valid`', '{"n":1.5,"valid":{"a":1,"a":2}}'],
    ['5dd13cddd5589ebb2ab15b88', 'that, beside what only looks like a number', '{"s":"[1.5,","a":1,"a":2}'],
    ['3bab0ea26d4610a7c3401e2e', 'long strings', `{"a":"${'é'.repeat(100_000)}","b":["${'\\n'.repeat(50_000)}"]}`],
    ['197e99417402ae47259e18f7', '70,000 numbers', `{"a":[${'1,'.repeat(70_000)}1]}`],
    [
      '74dda99027b2c01019055a1f',
      '20,000 members',
      `{"a":{${Array.from({ length: 20_000 }, (_, i) => `"${(i * 7919) % 20_011}": ${i}.5`).join(',')}}}`,
    ],
    ['714d63d11c688e27ac285f70', '50,000 levels', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['277767c862811b0c88a2a9bd', '4,000 levels around 1.5', `{"a":${'['.repeat(4_000)} 1.5${']'.repeat(4_000)}}`],
    ['0ddafd3271a89c5bfdd979cf', '50,000 levels around 1.5', `{"a":${'['.repeat(50_000)} 1.5${']'.repeat(50_000)}}`],
  ])('%s: %s', (digest, _, text) => {
    expect(hashOf(text)).toBe(digest);
  });
});

describe('a difference that does not change the hash', () => {
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

describe('a difference that changes the hash', () => {
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

test('an array may have as many elements as an event may have values', () => {
  const numbers = `[${'1,'.repeat(maxNodes - 4)}1]`;
  expect(areAlike(`{"a":${numbers}}`, `{"a" : ${numbers}}`)).toBe(true);
});

test('an event that cannot be read number by number is told by its whole text', () => {
  expect(areAlike('{"a":1.5,"a":2.5}', '{"a":1.5,"a":2.5}')).toBe(true);
  expect(areDistinct('{"a":1.5,"a":2.5}', '{"a":1.6,"a":2.5}', '{"a":2.5}', '{"a":1.5,"a":2.50}')).toBe(true);
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

/**
 * The hash of an object's text as the first releases made it: written as one text, by recursion, and with every number by its text
 * where the expression finds one that a plain parse may change.
 */
function firstHashOf(text: string): string {
  const delicateNumber = /[:,[]\s*(?:-0|-?\d+[.eE]|-?\d{16})[^",:{}[\]]*[,}\]]/;
  let members = JSON.parse(text) as Record<string, unknown>;
  if (delicateNumber.test(text)) {
    try {
      members = parseLosslessly(text) as Record<string, unknown>;
    } catch {
      return sha256(text);
    }
  }
  const { timestamp } = members;
  const instant = typeof timestamp === 'string' ? parseIso8601(timestamp) : undefined;
  const counted = Object.entries(members).filter(([name]) => name !== 'valid');
  if (instant) counted.push(['timestamp', instant.exact]);
  return sha256(canonical(Object.fromEntries(counted)));
}

function canonical(value: unknown): string {
  if (value instanceof LosslessNumber) return value.value;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, held]) => `${JSON.stringify(name)}:${canonical(held)}`).join(',')}}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

test('an object has the hash that the first releases gave it', () => {
  fc.assert(
    fc.property(jsonObject, seed, fc.constantFrom('', '2025-02-09T12:00:00', 'noon'), (object, spelling, timestamp) => {
      const value: Node = { kind: 'string', content: timestamp };
      const event = timestamp === '' ? object : withMember(object, { name: 'timestamp', value });
      const text = spell(event, draws(spelling));
      expect(hashOf(text)).toBe(firstHashOf(text));
    }),
    { numRuns: 500 },
  );
});

/**
 * Objects that name members twice. Not by `__proto__`, which lossless-json compared with what objects inherit when one of the two
 * lacked it, nor by the names of its own numbers' members.
 */
const { repeating } = fc.letrec<{ node: Node; repeating: ObjectNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('null', 'true').map((text): Node => ({ kind: 'literal', text: text as 'null' })),
    fc.constantFrom('0', '1', '1.0', '1.50', '-0').map((text): Node => ({ kind: 'number', text })),
    fc.constantFrom('', '1', '1.0', 'a', '[1.5,').map((content): Node => ({ kind: 'string', content })),
    fc.array(tie('node'), { maxLength: 3 }).map((items): Node => ({ kind: 'array', items })),
    tie('repeating'),
  ),
  repeating: fc
    .array(fc.record({ name: fc.constantFrom('a', 'b', '0', '1', 'valid'), value: tie('node') }), { maxLength: 4 })
    .map((members): ObjectNode => ({ kind: 'object', members })),
}));

test('so has one that names members twice, which is told by its text unless they say the same', () => {
  const sides = { same: 0, other: 0 };
  fc.assert(
    fc.property(repeating, repeating, seed, fc.boolean(), (one, other, spelling, isDoubled) => {
      // Two random values are rarely alike: half of them are one value, spelt twice.
      const doubled: readonly Member[] = [one, isDoubled ? one : other].map((value) => ({ name: 'c', value }));
      const text = spell({ ...one, members: [...one.members, ...doubled] }, draws(spelling));
      expect(hashOf(text)).toBe(firstHashOf(text));
      sides[hashOf(text) === sha256(text) ? 'same' : 'other']++;
    }),
    { numRuns: 1_000 },
  );
  expect(Math.min(sides.same, sides.other)).toBeGreaterThan(50);
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
  const changed = jsonNumber.filter((number) => JSON.stringify(JSON.parse(number)) !== number);
  fc.assert(
    fc.property(around, changed, jsonNumber, (text, number, other) => {
      const [before, after] = text.split(/"(?:@|\\u0040){2}"/) as [string, string];
      const plain = JSON.stringify(JSON.parse(number));
      const hashWith = (one: string) => hashOf(`${before}${one}${after}`);
      expect(hashWith(number)).not.toBe(hashWith(plain));
      if (other !== number) expect(hashWith(number)).not.toBe(hashWith(other));
    }),
    { numRuns: 500 },
  );
});
