import fc from 'fast-check';

/** A model of a JSON value. Numbers are kept as text, and members have no order. */
export type Node =
  | { readonly kind: 'literal'; readonly text: 'true' | 'false' | 'null' }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly content: string }
  | { readonly kind: 'array'; readonly items: readonly Node[] }
  | ObjectNode;

export interface ObjectNode {
  readonly kind: 'object';
  /** Each name occurs once. */
  readonly members: readonly Member[];
}

export interface Member {
  readonly name: string;
  readonly value: Node;
}

/** Any number of JSON's grammar. Numbers that a plain parse changes are frequent. */
export const jsonNumber = fc.oneof(
  fc.constantFrom('0', '-0', '1', '1.0', '1e0', '1E5', '1e400', '-1e-400', '9007199254740993', '9007199254740992'),
  fc.integer().map(String),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.oneof(fc.constant('0'), fc.bigInt({ min: 1n, max: 10n ** 25n }).map(String)),
      fc.oneof(fc.constant(''), fc.stringMatching(/^\.[0-9]{1,20}$/)),
      fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][+-]?[0-9]{1,3}$/)),
    )
    .map((parts) => parts.join('')),
);

/** Strings, among them many that look like JSON or contain unusual characters. */
export const stringContent = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '"', '\\', '\\"', '{', '}', '[1.5,', ',1e5,', '"valid":false', '\u0000', '\ud800', 'é', '\u2028'),
);

export const memberName = fc.oneof(
  fc.constantFrom('valid', 'timestamp', 'data', '__proto__', 'constructor', 'toString', 'Valid', '', ' valid'),
  stringContent,
);

const { node } = fc.letrec<{ node: Node; array: Node; object: ObjectNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom('true', 'false', 'null').map((text): Node => ({ kind: 'literal', text })),
    jsonNumber.map((text): Node => ({ kind: 'number', text })),
    stringContent.map((content): Node => ({ kind: 'string', content })),
    tie('array'),
    tie('object'),
  ),
  array: fc.array(tie('node'), { maxLength: 4 }).map((items): Node => ({ kind: 'array', items })),
  object: objectOf(tie('node')),
}));

function objectOf(value: fc.Arbitrary<Node>): fc.Arbitrary<ObjectNode> {
  return fc
    .uniqueArray(fc.record({ name: memberName, value }), { maxLength: 5, selector: ({ name }) => name })
    .map((members): ObjectNode => ({ kind: 'object', members }));
}

export const jsonNode = node;
export const jsonObject = objectOf(node);

/** Makes a source of pseudo-random numbers from 0 to below 1, from a seed. */
export function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** Writes a value as JSON text with random white space, escapes and order of members. */
export function spell(value: Node, draw: () => number): string {
  const blank = (): string => (draw() < 0.6 ? '' : (['', ' ', '\n', '\t', '\r\n', '  '][Math.floor(draw() * 6)] ?? ''));
  const write = (one: Node): string => {
    switch (one.kind) {
      case 'literal':
      case 'number':
        return one.text;
      case 'string':
        return spellString(one.content, draw);
      case 'array':
        return `[${one.items.map((item) => blank() + write(item) + blank()).join(',') || blank()}]`;
      case 'object': {
        const members = shuffle(one.members, draw).map(
          ({ name, value: held }) =>
            blank() + spellString(name, draw) + blank() + ':' + blank() + write(held) + blank(),
        );
        return `{${members.join(',') || blank()}}`;
      }
    }
  };
  return blank() + write(value) + blank();
}

/** Writes a string as JSON text. Each character is randomly escaped, or written unchanged if JSON allows it. */
export function spellString(content: string, draw: () => number): string {
  const units = content.split('').map((unit) => {
    const isAlone = unit >= '\ud800' && unit <= '\udfff';
    if (draw() < 0.2) return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return isAlone ? unit : JSON.stringify(unit).slice(1, -1);
  });
  return asWellFormed(`"${units.join('')}"`);
}

/** Escapes surrogates that are not in pairs, since UTF-8 has no bytes for them. */
function asWellFormed(text: string): string {
  return text.replaceAll(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16)}`;
  });
}

export function shuffle<T>(items: readonly T[], draw: () => number): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}
