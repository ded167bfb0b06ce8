import { formatCount } from '../../shared/views/format.ts';
import { draftOf } from './draft.ts';
import { schemaOf, spellName, spellText } from './infer-shape.ts';
import type { Learned, LearnedType } from './learned.ts';

/** The catalog to write. */
export interface CatalogDraft {
  readonly learned: Learned;
  /** The name of the source, which is also the name of its topic and its stream. */
  readonly source: string;
}

/** Writes the catalog of a stream as TypeScript. */
export function drawCatalog({ learned, source }: CatalogDraft): string {
  const schemas = learned.types.map(({ data }) => payloadOf(data));
  const { sources, streams } = draftOf(learned, source);
  const imports = ['defineCatalog', ...(schemas.some(Boolean) ? ['z'] : [])];
  return [
    `import { ${imports.join(', ')} } from 'eventmend/catalog';`,
    '',
    'export const catalog = defineCatalog({',
    ...drawTypes(learned, schemas),
    '',
    "  // 'strict' makes an event of a type that is not listed a dead letter: ERR_UNKNOWN_TYPE.",
    "  unknownTypes: 'pass',",
    ...drawPart('sources', 'Topics whose messages have another format than the default one.', sources),
    ...drawPart('streams', numberingComment(learned), streams),
    '});',
    '',
  ].join('\n');
}

function drawTypes(
  { types, moreTypes, samples }: Learned,
  schemas: readonly (string | undefined)[],
): readonly string[] {
  return [
    `  // The types in ${formatCount(samples, 'sample event')}. A payload schema refuses data of another kind: make it stricter, or remove it.`,
    '  types: {',
    ...types.map(({ name, events }, i) => `    ${drawType(name, events, schemas[i])}`),
    ...(moreTypes > 0 ? [`    // and ${moreTypes} more, which pass unchecked`] : []),
    '  },',
  ];
}

function drawType(name: string, events: number, schema: string | undefined): string {
  const definition = schema === undefined ? '{}' : `{\n      payload: ${schema},\n    }`;
  return `// ${formatCount(events, 'event')}\n    ${spellName(name)}: ${definition},`;
}

/** Returns the schema of data. Undefined if there was none. */
function payloadOf(data: LearnedType['data']): string | undefined {
  const schema = schemaOf(data);
  if (schema === 'z.unknown()') return undefined;
  return data.includes(undefined) ? `${schema}.optional()` : schema;
}

function numberingComment({ numbering }: Learned): string {
  return numbering === 'none'
    ? 'The samples have no numbers: an event is known by its uuid.'
    : 'How the ids of the samples count.';
}

/** Draws a part of the catalog, under a comment. */
function drawPart(name: string, comment: string, part: object | undefined): readonly string[] {
  if (part === undefined) return [];
  const entries = Object.entries(part).map(
    ([key, value]) => `    ${spellName(key)}: ${spellDefinition(value, '    ')},`,
  );
  return ['', `  // ${comment}`, `  ${name}: {`, ...entries, '  },'];
}

const maxWidth = 80;

/** Writes a value in TypeScript: in one line if it is short. */
function spellDefinition(value: unknown, indent: string): string {
  if (typeof value === 'string') return spellText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((element) => spellDefinition(element, indent)).join(', ')}]`;
  const deeper = `${indent}  `;
  const members = Object.entries(value).map(([key, member]) => `${spellName(key)}: ${spellDefinition(member, deeper)}`);
  const line = `{ ${members.join(', ')} }`;
  if (line.length <= maxWidth && !line.includes('\n')) return line;
  return ['{', ...members.map((member) => `${deeper}${member},`), `${indent}}`].join('\n');
}
