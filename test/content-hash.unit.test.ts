import fc from 'fast-check';
import { contentHash, fieldReplacements } from '../shared/content-hash.ts';
import { parseIso8601 } from '../shared/timestamps/iso8601.ts';
import { maxNodes, readJsonObject } from '../shared/json.ts';
import { draws, jsonObject, jsonNumber, spell, type Node, type ObjectNode } from './support/json-arbitraries.ts';

/** The hash of an object's text, as hexadecimal digits; its timestamp counts as an instant where it is one. */
function hashOf(text: string, ...ignore: readonly (readonly string[])[]): string {
  const object = readJsonObject(Buffer.from(text));
  if (typeof object === 'string') throw new Error(`${object}: ${text.slice(0, 200)}`);
  const { timestamp } = object.members;
  const instant = typeof timestamp === 'string' ? parseIso8601(timestamp) : undefined;
  const replacements = [...fieldReplacements(object, instant), ...ignore.map((path) => ({ path, text: undefined }))];
  return Buffer.from(contentHash(object, replacements).digest, 'latin1').toString('hex');
}

function areAlike(...texts: readonly string[]): boolean {
  return new Set(texts.map((text) => hashOf(text))).size === 1;
}

function areDistinct(...texts: readonly string[]): boolean {
  return new Set(texts.map((text) => hashOf(text))).size === texts.length;
}

test('a hash has ninety-six bits', () => {
  expect(hashOf('{}')).toMatch(/^[0-9a-f]{24}$/);
});

describe('a hash stays what it is from release to release, since stored blocks hold it', () => {
  const timestamp = '"timestamp":"2025-02-09T13:00:00.0005+01:00"';
  test.each([
    // printf '{"event_id":6,"n":1,"timestamp":"1739102400000.5","type":"a"}' | sha256sum | cut -c1-24
    ['f39162f294db11b40f7100f6', 'an event', `{"type":"a", "n":1.0, "event_id":6, "valid":false, ${timestamp}}`],
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
      'e59c14e608df5ce962882f77',
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
    ['968e14879662fa82f1fe42d3', 'a timestamp beside -0', `{${timestamp},"valid":false,"n":-0}`],
    ['081179eb8688c4eb66ab98d1', 'a timestamp that is none', '{"timestamp":"noon","valid":null}'],
    ['6a24ccbf823dae0b21cdc1a7', 'members that are named twice', '{"a":1,"b":2,"a":{"c":3,"c":4}}'],
    ['3bab0ea26d4610a7c3401e2e', 'long strings', `{"a":"${'é'.repeat(100_000)}","b":["${'\\n'.repeat(50_000)}"]}`],
    ['197e99417402ae47259e18f7', '70,000 numbers', `{"a":[${'1,'.repeat(70_000)}1]}`],
    [
      '74dda99027b2c01019055a1f',
      '20,000 members',
      `{"a":{${Array.from({ length: 20_000 }, (_, i) => `"${(i * 7919) % 20_011}": ${i}.5`).join(',')}}}`,
    ],
    ['714d63d11c688e27ac285f70', '50,000 levels', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['277767c862811b0c88a2a9bd', '4,000 levels around 1.5', `{"a":${'['.repeat(4_000)} 1.5${']'.repeat(4_000)}}`],
    ['1de352ecb7ab172ce08ca6b0', '50,000 levels around 1.5', `{"a":${'['.repeat(50_000)} 1.5${']'.repeat(50_000)}}`],
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
    [
      'how a number is spelt',
      '{"a":[1,0,120.5,1e400]}',
      '{"a":[1.0,-0,1.2050e2,10E399]}',
      '{"a":[1e0,0e5,120.50,0.1e401]}',
    ],
    [
      'the case of a UUID',
      '{"uuid":"0F8B1C1E-1111-4A4A-8B8B-00000000ABCD"}',
      '{"uuid":"0f8b1c1e-1111-4a4a-8b8b-00000000abcd"}',
    ],
    [
      'whether `uuid` and `data` are null or absent',
      '{"a":1}',
      '{"a":1,"uuid":null,"data":null}',
      '{"a":1,"uuid":" "}',
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
    ['the text of a uuid', '{"uuid":"A"}', '{"uuid":"a"}', '{"uuid":"a/b"}', '{"uuid":"A/B"}', '{"uuid":7}', '{}'],
    [
      'whether a member is null or absent',
      '{"a":null}',
      '{}',
      '{"data":{"a":null}}',
      '{"data":{}}',
      '{"timestamp":null}',
    ],
    ['a member that is named twice', '{"a":1}', '{"a":1,"a":1}', '{"a":2,"a":1}', '{"a":1,"a":2}', '{"a":[1,1]}'],
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
    ['1e400', '1e401', '-1e400', '1e999', '1'],
    ['1e-400', '0', '1e-401'],
    ['9007199254740991', '9007199254740992', '9007199254740993', '9007199254740994'],
    ['0.1', '0.1000000000000000055511151231257827'],
    ['123456789012345678901234567890', '123456789012345678901234567891'],
    ['1e99999999999999999999', '1e99999999999999999998'],
  ])('is the value of a number: none of %s, %s and the others is another', (...numbers) => {
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

describe('a member that is left out', () => {
  test.each([
    ['of the event', '{"a":1,"attempt":0}', '{"attempt":{"b":[]},"a":1}', ['attempt']],
    ['of an object', '{"a":{"sentAt":1,"b":2}}', '{"a":{"b":2}}', ['a', 'sentAt']],
    ['of an element', '{"a":[{"b":1},{"b":1}]}', '{"a":[{"b":1},{"b":2}]}', ['a', '1', 'b']],
    ['that is a field', '{"timestamp":"2025-02-09T12:00:00"}', '{"timestamp":"2025-02-10T12:00:00"}', ['timestamp']],
    ['that is named twice', '{"a":1,"a":2,"b":1}', '{"a":3,"b":1}', ['a']],
    ['with a name like a pointer', '{"a/b~":1}', '{"a/b~":2}', ['a/b~']],
  ])('does not change the hash: one %s', (_, one, other, path) => {
    expect(hashOf(one, path)).toBe(hashOf(other, path));
    expect(hashOf(one)).not.toBe(hashOf(other));
  });

  test('is not another one that is there', () => {
    const ignore = [['a', 'b'], ['c']];
    const texts = ['{"a":{"b":1,"d":1}}', '{"a":{"d":2}}', '{"a":{"d":1,"c":1}}', '{"a":[1,2]}', '{"a":"b"}'];
    expect(new Set(texts.map((text) => hashOf(text, ...ignore))).size).toBe(texts.length);
  });
});

test('fields that are not in the body count, too', () => {
  const hashWith = (beside?: string) => {
    const object = readJsonObject(Buffer.from('{"a":1}'));
    return typeof object === 'string' ? '' : contentHash(object, [], beside).digest;
  };
  expect(new Set([undefined, '', '{}', '{"ce-id":"1"}', '{"ce-id":"2"}'].map(hashWith)).size).toBe(5);
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

/** The meaning of an event, written down by recursion over the model it was spelt from. */
function modelOf({ members }: ObjectNode): string {
  const isAbsent = ({ name, value }: ObjectNode['members'][number]) =>
    name === 'valid' || (name === 'data' && value.kind === 'literal' && value.text === 'null');
  return saying({ kind: 'object', members: members.filter((member) => !isAbsent(member)) });
}

/** The value of a number, by whole numbers: its digits without zeros at the end, and their exponent. */
function valueOf(number: string): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  let [digits, power] = [BigInt(whole + fraction), BigInt(exponent) - BigInt(fraction.length)];
  if (digits === 0n) return '0';
  for (; digits % 10n === 0n; power++) digits /= 10n;
  return `${digits * (mantissa.startsWith('-') && digits > 0n ? -1n : 1n)} ${power}`;
}

function saying(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return node.text;
    case 'number':
      return `number ${valueOf(node.text)}`;
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

test('numbers are told by their values: two texts that differ in one number have one hash exactly if it is the same', () => {
  const mark = /"(?:@|\\u0040){2}"/;
  const around = fc
    .tuple(jsonObject, seed)
    .map(([object, spelling]) => {
      const value: Node = { kind: 'array', items: [{ kind: 'string', content: '@@' }] };
      return spell(withMember(object, { name: 'here', value }), draws(spelling)).split(mark);
    })
    // Another member may be spelt like the mark.
    .filter((parts) => parts.length === 2);
  const respelt = jsonNumber.chain((number) =>
    fc.tuple(
      fc.constant(number),
      fc.oneof(
        jsonNumber,
        fc.nat(30).map((zeros) => shifted(number, zeros)),
      ),
    ),
  );
  const sides = { same: 0, other: 0 };
  fc.assert(
    fc.property(around, respelt, ([before = '', after = ''], [number, other]) => {
      const isSame = valueOf(number) === valueOf(other);
      const [one, two] = [number, other].map((each) => hashOf(`${before}${each}${after}`));
      expect(one === two).toBe(isSame);
      sides[isSame ? 'same' : 'other']++;
    }),
    { numRuns: 500 },
  );
  expect(Math.min(sides.same, sides.other)).toBeGreaterThan(50);
});

/** The same number with its point moved to the right. */
function shifted(number: string, zeros: number): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const moved = `${whole}${fraction.padEnd(zeros, '0').slice(0, zeros)}`.replace(/^(-?)0+(?=\d)/, '$1');
  const rest = fraction.slice(zeros);
  return `${moved}${rest === '' ? '' : `.${rest}`}e${BigInt(exponent) - BigInt(zeros)}`;
}

test('a change of a value outside of what is left out changes the hash, a change inside does not', () => {
  const value = fc.constantFrom<Node>(
    { kind: 'number', text: '1' },
    { kind: 'array', items: [] },
    { kind: 'string', content: '1' },
  );
  fc.assert(
    fc.property(jsonObject, value, fc.boolean(), seed, (object, changed, isIgnored, spelling) => {
      const path = ['inside', 'sentAt'];
      const inner = (sentAt: Node, kept: Node): Node => ({
        kind: 'object',
        members: [
          { name: 'sentAt', value: sentAt },
          { name: 'kept', value: kept },
        ],
      });
      const none: Node = { kind: 'literal', text: 'null' };
      const before = withMember(object, { name: 'inside', value: inner(none, none) });
      const after = withMember(object, {
        name: 'inside',
        value: isIgnored ? inner(changed, none) : inner(none, changed),
      });
      const [one, two] = [spell(before, draws(spelling)), spell(after, draws(spelling + 1))];
      expect(hashOf(one, path) === hashOf(two, path)).toBe(isIgnored);
      expect(hashOf(one)).not.toBe(hashOf(two));
    }),
    { numRuns: 300 },
  );
});
