import { membersOf } from './recognise-format.ts';

/** The deepest object, and the most members of an object, that a schema describes. */
const maxDepth = 4;
const maxMembers = 60;
/** The number of values from which on a member that all of them have counts as required. */
const manySamples = 20;

/**
 * Writes a zod schema that some values fit. It is loose: it refuses only what is of another kind than all that was
 * seen. Members are required if there are many values, and all of them have the member.
 */
export function schemaOf(values: readonly unknown[], depth = 0): string {
  const present = values.filter((value) => value !== undefined && value !== null);
  const schema = schemaOfPresent(present, depth);
  const nullable = schema !== 'z.unknown()' && values.includes(null) ? '.nullable()' : '';
  return schema + nullable;
}

function schemaOfPresent(values: readonly unknown[], depth: number): string {
  const kinds = new Set(values.map(kindOf));
  const [kind] = kinds;
  if (kinds.size !== 1 || kind === undefined) return 'z.unknown()';
  if (kind === 'object') return depth < maxDepth ? objectSchema(values.map(membersOf), depth) : 'z.looseObject({})';
  if (kind !== 'array') return `z.${kind}()`;
  const elements = (values as readonly unknown[][]).flat();
  return depth < maxDepth && elements.length > 0 ? `z.array(${schemaOf(elements, depth + 1)})` : 'z.array(z.unknown())';
}

function objectSchema(objects: readonly Readonly<Record<string, unknown>>[], depth: number): string {
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  if (names.length === 0 || names.length > maxMembers) return 'z.looseObject({})';
  const indent = '  '.repeat(depth + 4);
  const members = names.map((name) => {
    const values = objects.map((object) => (Object.hasOwn(object, name) ? object[name] : undefined));
    const isRequired = objects.length >= manySamples && !values.includes(undefined);
    return `${indent}${spellName(name)}: ${schemaOf(values, depth + 1)}${isRequired ? '' : '.optional()'},`;
  });
  return ['z.looseObject({', ...members, `${'  '.repeat(depth + 3)}})`].join('\n');
}

function kindOf(value: unknown): 'array' | 'object' | 'string' | 'number' | 'boolean' | 'unknown' {
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'object' || type === 'string' || type === 'number' || type === 'boolean' ? type : 'unknown';
}

/** Writes the name of a member in TypeScript. */
export function spellName(name: string): string {
  // A plain `__proto__` would set the prototype.
  if (name === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : spellText(name);
}

/** Writes a text in TypeScript. */
export function spellText(text: string): string {
  return /['\\\p{Cc}\u2028\u2029]/u.test(text) ? JSON.stringify(text) : `'${text}'`;
}
