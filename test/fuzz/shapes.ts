import { maxDataBytes } from '../../shared/messages/size.ts';
import { countNodes, maxNodes } from '../../shared/json.ts';

/** The type of these events. */
export const typeOfShapes = 'Worst';

/** A kind of event that is expensive to read for its size. */
export interface Shape {
  readonly name: string;
  /** Returns the text of an event with `n` parts. */
  readonly of: (n: number) => string;
}

/** Makes an event with some `data`. With `isExact` it also has a number that a plain parse would change. */
function event(data: string, isExact: boolean): string {
  const n = isExact ? '"n":1.50,' : '';
  return `{"event_id":6,${n}"type":"${typeOfShapes}","timestamp":"2025-02-09T12:00:00","data":${data}}`;
}

/** Joins parts by commas. It joins in blocks, since a list of millions of parts would take more memory than the tested code. */
function list(n: number, part: (i: number) => string): string {
  const blocks: string[] = [];
  for (let from = 0; from < n; from += blockLength)
    blocks.push(Array.from({ length: Math.min(blockLength, n - from) }, (_, i) => part(from + i)).join(','));
  return blocks.join(',');
}

const blockLength = 1_000;
const array = (part: (i: number) => string) => (n: number) => `[${list(n, part)}]`;
const object = (name: (i: number) => string) => (n: number) => `{${list(n, (i) => `"${name(i)}":1`)}}`;
const nested = (open: string, inmost: string, close: string) => (n: number) =>
  open.repeat(n) + inmost + close.repeat(n);
const string = (part: string) => (n: number) => `"${part.repeat(n)}"`;

/** Makes nested objects that name each member twice, with equal values. Only a comparison shows that they are equal. */
function doubled(n: number): string {
  let inner = `[${list(Math.ceil(n / 64), () => '1')}]`;
  for (let level = 0; level < 6; level++) inner = `{"a":${inner},"a": ${inner}}`;
  return inner;
}

function scrambled(i: number): string {
  return Math.imul(i, 0x9e3779b1).toString(36);
}

/** A filler for parts, so that an event reaches both its most bytes and its most values. */
const wide = 'x'.repeat(32);

const data: Readonly<Record<string, (n: number) => string>> = {
  ones: array(() => '1'),
  literals: array(() => 'null'),
  fractions: array(() => '1.5'),
  'numbers of sixteen digits': array((i) => String(1e15 + i)),
  'numbers of thirty digits': array((i) => `1.${String(i).padStart(28, '1')}`),
  'numbers with an exponent': array((i) => `1.5e${i}`),
  'numbers with a long exponent': array(() => `1e${'9'.repeat(900)}`),
  'arrays in each other': nested('[', '', ']'),
  'objects in each other': nested('{"":', '1', '}'),
  'objects in each other, with a long name': nested(`{"${wide}":`, '1', '}'),
  'empty objects': array(() => '{}'),
  'empty arrays': array(() => '[]'),
  'small objects': array(() => '{"a":1}'),
  'small objects, each with a name of its own': array((i) => `{"${i.toString(36)}":1}`),
  'small arrays': array(() => '[1]'),
  members: object((i) => i.toString(36)),
  'members that differ late': object((i) => wide + i.toString(36)),
  'members in no order': object((i) => scrambled(i)),
  'members in no order that differ late': object((i) => wide + scrambled(i)),
  'members named like indexes': object((i) => String(i * 977)),
  'members with escaped names': object((i) => `\\u0061\\n${i.toString(36)}`),
  'members of one name': object(() => 'a'),
  'members of one name, each a list': (n) => `{${list(Math.ceil(n / 10), () => `"a":[${list(9, () => '1')}]`)}}`,
  'objects that name each member twice': doubled,
  'short strings': array(() => '""'),
  'strings that are all different': array((i) => `"${i.toString(36)}"`),
  'strings with an escape': array((i) => `"\\n${i.toString(36)}"`),
  'strings that are long': array((i) => `"${wide}${i.toString(36)}"`),
  'a long string': string('x'),
  'a long string of escapes': string('\\n'),
  'a long string of hexadecimal escapes': string('\\u00e9'),
  'a long string of quotation marks': string('\\"'),
  'a long string of backslashes': string('\\\\'),
  'a long string of two-byte characters': string('é'),
  'a long string of surrogate pairs': string('😀'),
  'a long string that looks like numbers': string(',1.'),
  'a long string that looks like a number': (n) => `",1.${'x'.repeat(n)}"`,
  'a long number': (n) => `1${'0'.repeat(n)}`,
  'a long number without zeros': (n) => `1${'9'.repeat(n)}`,
  'a long exponent': (n) => `1e${'9'.repeat(n)}`,
  'a long fraction': (n) => `1.${'0'.repeat(n)}`,
  blanks: (n) => `[${' '.repeat(n)}]`,
  'a long name': (n) => `{"${'x'.repeat(n)}":1}`,
  'a long name of a list': (n) => `{"${'x'.repeat(n)}":[${list(20, () => '1')}]}`,
};

const ofEvent: Readonly<Record<string, (n: number) => string>> = {
  'members of the event itself': (n) =>
    `${event('1', false).slice(0, -1)},${object((i) => i.toString(36))(n).slice(1)}`,
  'a long timestamp': (n) => `{"event_id":6,"type":"Worst","timestamp":"2025-02-09T12:00:00.${'0'.repeat(n)}1"}`,
  'a long type': (n) => `{"event_id":6,"type":"${' '.repeat(n)}","timestamp":"2025-02-09T12:00:00"}`,
  'a long id': (n) => `{"event_id":6.${'0'.repeat(n)},"type":"Worst","timestamp":"2025-02-09T12:00:00"}`,
  'a type that is named often': (n) =>
    `{"event_id":6,${list(n, () => '"type":"Worst"')},"timestamp":"2025-02-09T12:00:00"}`,
  'a uuid that is a list': (n) =>
    `{"event_id":6,"uuid":[${list(n, () => '1.0')}],"type":"Worst","timestamp":"2025-02-09T12:00:00"}`,
  'a long uuid': (n) => `{"event_id":6,"uuid":"${'x'.repeat(n)}","type":"Worst","timestamp":"2025-02-09T12:00:00"}`,
};

/** The worst known shapes. Those of `data` also come with a number that a plain parse would change. */
export const shapes: readonly Shape[] = [
  ...Object.entries(data).flatMap(([name, of]) => [
    { name, of: (n: number) => event(of(n), false) },
    { name: `${name}, beside an exact number`, of: (n: number) => event(of(n), true) },
  ]),
  ...Object.entries(ofEvent).map(([name, of]) => ({ name, of })),
];

/** Makes the largest event of a shape within a number of bytes, and of values and names. */
export function largest({ of }: Shape, bytes = maxDataBytes, nodes = maxNodes): Buffer {
  const sample = 10_000;
  const [one, many] = [Buffer.from(of(1)), Buffer.from(of(sample))];
  const perByte = (many.length - one.length) / (sample - 1);
  const perNode = (countNodes(many) - countNodes(one)) / (sample - 1);
  let n = Math.floor(Math.min(bytes / perByte, perNode > 0 ? nodes / perNode : Infinity));
  for (;;) {
    const data = Buffer.from(of(n));
    if (data.length <= bytes && countNodes(data) <= nodes) return data;
    n = Math.floor(n * 0.99) - 1;
  }
}
