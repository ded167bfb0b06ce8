import { streamSettingsSchema } from '../../shared/stream-settings.ts';
import { schemaOf, spellName, spellText } from './infer-shape.ts';
import type { Learned, LearnedFields, LearnedType } from './learned.ts';

/** The catalog to write. */
export interface CatalogDraft {
  readonly learned: Learned;
  /** The name of the source, which is also the name of its topic and its stream. */
  readonly source: string;
}

/** Writes the catalog of a stream as TypeScript. */
export function drawCatalog({ learned, source }: CatalogDraft): string {
  const schemas = learned.types.map(({ data }) => payloadOf(data));
  const imports = ['defineCatalog', ...(schemas.some(Boolean) ? ['z'] : [])];
  return [
    `import { ${imports.join(', ')} } from 'eventmend/catalog';`,
    '',
    'export const catalog = defineCatalog({',
    ...drawTypes(learned, schemas),
    '',
    "  // 'strict' makes an event of a type that is not listed a dead letter: ERR_UNKNOWN_TYPE.",
    "  unknownTypes: 'pass',",
    ...drawSources(learned, source),
    ...drawStreams(learned, source),
    '});',
    '',
  ].join('\n');
}

function drawTypes(
  { types, moreTypes, samples }: Learned,
  schemas: readonly (string | undefined)[],
): readonly string[] {
  return [
    `  // The types in ${samples} sample events. A payload schema refuses data of another kind: make it stricter, or remove it.`,
    '  types: {',
    ...types.map(({ name, events }, i) => `    ${drawType(name, events, schemas[i])}`),
    ...(moreTypes > 0 ? [`    // and ${moreTypes} more, which pass unchecked`] : []),
    '  },',
  ];
}

function drawType(name: string, events: number, schema: string | undefined): string {
  const definition = schema === undefined ? '{}' : `{\n      payload: ${schema},\n    }`;
  return `// ${events === 1 ? '1 event' : `${events} events`}\n    ${spellName(name)}: ${definition},`;
}

/** Returns the schema of data. Undefined if there was none. */
function payloadOf(data: LearnedType['data']): string | undefined {
  const schema = schemaOf(data);
  if (schema === 'z.unknown()') return undefined;
  return data.includes(undefined) ? `${schema}.optional()` : schema;
}

/** Whether the events are read as the default format, from the topic `events`. */
export function isDefaultFormat({ format, fields }: Learned): boolean {
  return format === undefined && Object.keys(fields).length === 0;
}

function drawSources(learned: Learned, source: string): readonly string[] {
  if (isDefaultFormat(learned)) return [];
  const { format, fields } = learned;
  const lines = format ? [`fields: ${drawPreset(format)},`] : [...drawFields(fields)];
  // The numbers of CloudEvents count within their source.
  const stream = format?.isNumbered ? ["stream: ['/source'],"] : [];
  return [
    '',
    '  // Topics whose messages have another format than the default one.',
    '  sources: {',
    `    ${spellName(source)}: {`,
    ...[...stream, ...lines].map((line) => `      ${line}`),
    '    },',
    '  },',
  ];
}

function drawPreset({ preset, isNumbered }: NonNullable<Learned['format']>): string {
  return `{ preset: '${preset}'${isNumbered ? ', sequence: true' : ''} }`;
}

function drawFields({ unit, timestamp, ...places }: LearnedFields): readonly string[] {
  const at = spellText(timestamp ?? '/timestamp');
  return [
    'fields: {',
    ...Object.entries(places).map(([name, place]) => `  ${name}: ${spellText(place)},`),
    ...(timestamp === undefined ? [] : [`  timestamp: ${unit ? `{ at: ${at}, in: '${unit}' }` : at},`]),
    '},',
  ];
}

function drawStreams(learned: Learned, source: string): readonly string[] {
  const { numbering } = learned;
  if (numbering === 'consecutive') return [];
  const name = isDefaultFormat(learned) ? 'default' : spellName(source);
  const spelt =
    typeof numbering === 'string' ? `'${numbering}'` : `{ ${Object.entries(numbering).map(drawSetting).join(', ')} }`;
  if (!streamSettingsSchema.shape.numbering.safeParse(numbering).success) return [];
  return [
    '',
    '  streams: {',
    numbering === 'none'
      ? '    // The samples have no numbers: an event is known by its uuid.'
      : '    // How the ids of the samples count.',
    `    ${name}: { numbering: ${spelt} },`,
    '  },',
  ];
}

function drawSetting([name, value]: readonly [string, unknown]): string {
  return `${name}: ${typeof value === 'number' ? value : `'${String(value)}'`}`;
}
