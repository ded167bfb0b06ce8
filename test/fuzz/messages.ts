import fc from 'fast-check';
import type { Attributes } from '../../shared/messages/message.ts';
import { reservedNames } from '../../shared/messages/attributes.ts';
import {
  draws,
  jsonNode,
  jsonNumber,
  spell,
  stringContent,
  type Member,
  type Node,
} from '../support/json-arbitraries.ts';

/** A message that a producer may publish to `events`. */
export interface FuzzMessage {
  readonly data: Uint8Array;
  readonly attributes: Attributes;
}

/** A text that must never reach a browser unescaped. */
export const markup = '<fuzz onload=alert(1)>';

/** Ids. They come from few ranges, so that duplicates, conflicts and gaps arise. Some are at the limits of an id. */
const eventId = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.tuple(fc.constantFrom(0, 240, 500), fc.nat({ max: 30 })).map(([base, id]) => String(base + id)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('9007199254740991', '9007199254740992', '-0', '-1', '1e3', '1.0', '1000300'),
  },
  { weight: 1, arbitrary: jsonNumber },
);

const timestamp = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }).map((second) => `2025-02-09T12:00:0${second}`) },
  { weight: 1, arbitrary: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '0000-01-01T00:00:00+23:59',
      '9999-12-31T23:59:59.999999999999-23:59',
      '2025-02-30T00:00:00',
      `2025-02-09T12:00:00.${'0'.repeat(400)}1Z`,
      '2025-02-09T12:00:60Z',
      '2025-02-09',
    ),
  },
);

const type = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('LeadCreated', 'CRM_Sync', 'Transaction') },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '__proto__', 'constructor', markup, '\u202e', 'x'.repeat(129)) },
  { weight: 1, arbitrary: stringContent },
);

const text = (content: fc.Arbitrary<string>): fc.Arbitrary<Node> =>
  content.map((one) => ({ kind: 'string', content: one }));
const number = (content: fc.Arbitrary<string>): fc.Arbitrary<Node> =>
  content.map((one) => ({ kind: 'number', text: one }));
const truth = fc.constantFrom('true', 'false').map((one): Node => ({ kind: 'literal', text: one }));

/** A member that is mostly sound, and sometimes missing or of another kind. */
const member = (name: string, value: fc.Arbitrary<Node>): fc.Arbitrary<Member | undefined> =>
  fc.oneof(
    { weight: 30, arbitrary: value.map((one) => ({ name, value: one })) },
    { weight: 1, arbitrary: jsonNode.map((one) => ({ name, value: one })) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );

const maybe = (name: string, value: fc.Arbitrary<Node>): fc.Arbitrary<Member | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: member(name, value) });

const entity: fc.Arbitrary<Node> = fc
  .constantFrom('a', 'b', markup)
  .map((content) => ({ kind: 'object', members: [{ name: 'case', value: { kind: 'string', content } }] }));

const event = fc
  .tuple(
    member('event_id', number(eventId)),
    member('type', text(type)),
    member('timestamp', text(timestamp)),
    maybe('valid', truth),
    maybe('uuid', text(fc.oneof(fc.constantFrom('u1', 'u2', 'u3', 'no uuid', '..', 'a/b'), stringContent))),
    maybe('data', fc.oneof(entity, jsonNode)),
    maybe('_eventmend', jsonNode),
    maybe('__proto__', jsonNode),
  )
  .map((members): Node => ({ kind: 'object', members: members.filter((one) => one !== undefined) }));

const aVoid = fc
  .tuple(
    member('from', number(eventId)),
    member('to', number(eventId)),
    maybe('stream', text(fc.constantFrom('default', 'counted', 'no stream'))),
  )
  .map((members): Node => ({ kind: 'object', members: members.filter((one) => one !== undefined) }));

const spelt = (node: fc.Arbitrary<Node>): fc.Arbitrary<string> =>
  fc.tuple(node, fc.nat()).map(([one, seed]) => spell(one, draws(seed)));

/** Cuts, repeats or overwrites a piece of some bytes. */
const damaged = (bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      bytes,
      fc.nat(),
      fc.nat({ max: 40 }),
      fc.constantFrom('cut', 'twice', 'other'),
      fc.uint8Array({ maxLength: 8 }),
    )
    .map(([whole, place, length, how, other]) => {
      const at = whole.length === 0 ? 0 : place % whole.length;
      const [before, piece, after] = [
        whole.subarray(0, at),
        whole.subarray(at, at + length),
        whole.subarray(at + length),
      ];
      const between = { cut: [], twice: [piece, piece], other: [other] }[how];
      return Buffer.concat([before, ...between, after]);
    });

/** Events that are small to describe and expensive to read: deep, long, or with thousands of equal parts. */
const monstrous = fc
  .tuple(
    fc.integer({ min: 1, max: 12_000 }),
    fc.constantFrom('arrays', 'objects', 'digits', 'blanks', 'names', 'escapes', 'braces'),
  )
  .map(([n, what]) => {
    const data = {
      arrays: `${'['.repeat(n)}1${']'.repeat(n)}`,
      objects: `${'{"a":'.repeat(n)}1.50${'}'.repeat(n)}`,
      digits: `-${'1'.repeat(n)}.${'0'.repeat(n)}e-${'0'.repeat(n)}1`,
      blanks: `[${' '.repeat(n)}]`,
      names: `{${'"a":1.0,'.repeat(n)}"a":1}`,
      escapes: `"${'\\u0000\\\\\\"'.repeat(n)}"`,
      braces: `"${'{ '.repeat(n)}"`,
    }[what];
    return `{"event_id": ${n % 30}, "type": "LeadCreated", "timestamp": "2025-02-09T12:00:00", "data": ${data}}`;
  });

const bytesOf = (from: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> => from.map((one) => Buffer.from(one));

const sound = bytesOf(spelt(event));

export const data: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 60, arbitrary: sound },
  { weight: 10, arbitrary: damaged(sound) },
  { weight: 5, arbitrary: bytesOf(spelt(jsonNode)) },
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 64 }) },
  { weight: 3, arbitrary: bytesOf(fc.string({ unit: 'binary', maxLength: 64 })) },
  { weight: 2, arbitrary: sound.map((bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes])) },
  { weight: 1, arbitrary: bytesOf(monstrous) },
);

const stream = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom('default', 'global', 'counted', 'strict') },
  { weight: 1, arbitrary: fc.constantFrom('constructor', 'toString', '', '..', 'a/b', markup, 'x'.repeat(129)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
);

/** Names of attributes that only Eventmend may set, and other names that could cause errors. */
const attributeName = fc.oneof(
  fc.constantFrom(...reservedNames),
  fc.constantFrom(
    'eventmend-kind',
    'eventmend-root',
    'eventmend-key',
    'eventmend-hash',
    'eventmend-id',
    'eventmend-code',
  ),
  fc.constantFrom(
    'eventmend-replace',
    'eventmend-body',
    'eventmend-failed-at',
    'CloudPubSubDeadLetterSourceSubscription',
  ),
  fc.constantFrom('__proto__', 'constructor', '', 'Stream', 'void', 'possible-duplicate'),
  fc.string({ maxLength: 20 }),
);
const attributeValue = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    '',
    '1',
    'replayed',
    'reconstructed',
    'refusal',
    'void',
    'validate-events',
    'kept',
    markup,
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);

const odd = fc.array(fc.tuple(attributeName, attributeValue), { maxLength: 6 });
const many = fc
  .integer({ min: 78, max: 100 })
  .map((n) => Array.from({ length: n }, (_, i): [string, string] => [`a${i}`, 'v']));

export const attributes: fc.Arbitrary<readonly (readonly [string, string])[]> = fc
  .tuple(
    fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 3, arbitrary: stream.map((name) => [['stream', name] as const]) },
    ),
    fc.oneof(
      { weight: 20, arbitrary: fc.constant([]) },
      { weight: 5, arbitrary: odd },
      { weight: 2, arbitrary: fc.constant([['possible-duplicate', 'true'] as const]) },
      { weight: 1, arbitrary: many },
    ),
  )
  .map(([a, b]) => [...b, ...a]);

/** An event's message. `Object.fromEntries` makes `__proto__` a member like any other. */
const ofEvent = fc
  .tuple(data, attributes)
  .map(([bytes, pairs]): FuzzMessage => ({ data: bytes, attributes: Object.fromEntries(pairs) }));
const ofVoid = fc
  .tuple(bytesOf(spelt(aVoid)), attributes)
  .map(([bytes, pairs]): FuzzMessage => ({ data: bytes, attributes: { ...Object.fromEntries(pairs), void: 'true' } }));

export const message: fc.Arbitrary<FuzzMessage> = fc.oneof(
  { weight: 12, arbitrary: ofEvent },
  { weight: 1, arbitrary: ofVoid },
);
