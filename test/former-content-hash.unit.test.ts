import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { LosslessNumber, parse as parseLosslessly } from 'lossless-json';
import { fieldReplacements, contentHash } from '../shared/content-hash.ts';
import { formerContentHash } from '../shared/former-content-hash.ts';
import { readJsonObject } from '../shared/json.ts';
import { parseIso8601 } from '../shared/timestamps/iso8601.ts';
import { draws, jsonObject, spell, type Node, type ObjectNode } from './support/json-arbitraries.ts';

/** The former hash of an object's text, as hexadecimal digits. */
function formerHashOf(text: string): string {
  const object = readJsonObject(Buffer.from(text));
  if (typeof object === 'string') throw new Error(`${object}: ${text.slice(0, 200)}`);
  const { timestamp } = object.members;
  const instant = typeof timestamp === 'string' ? parseIso8601(timestamp) : undefined;
  const { hasDoubled } = contentHash(object, fieldReplacements(object, instant));
  return Buffer.from(formerContentHash(object, instant, hasDoubled), 'latin1').toString('hex');
}

const seed = fc.nat();

describe('the hash of releases whose blocks have format 2 is still known, since stored blocks hold it', () => {
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
    ['ddbfb2881eb6b5f34be209b1', 'that, with two numbers', '{"n":1.5,"a":1,"a":1.0}'],
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
    expect(formerHashOf(text)).toBe(digest);
  });
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
      expect(formerHashOf(text)).toBe(firstHashOf(text));
    }),
    { numRuns: 500 },
  );
});

function withMember(object: ObjectNode, member: ObjectNode['members'][number] | undefined): ObjectNode {
  if (!member) return object;
  return { kind: 'object', members: [...object.members.filter(({ name }) => name !== member.name), member] };
}
