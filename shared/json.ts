import { backslash, closeBrace, closeBracket, colon, comma, openBrace, openBracket, quote } from './json-characters.ts';
import { contentOf, scanMembers } from './json-text.ts';
import { isPlainJson } from './plain-json.ts';

/** A JSON object that was read. */
export interface JsonObject {
  readonly text: string;
  readonly members: Readonly<Record<string, unknown>>;
  /** Whether a plain parse may have changed a number. Then the text must be used. */
  readonly mayRound: boolean;
  /** Whether only some members were read, because the text has too many nodes. The text may be invalid JSON. */
  readonly isSkimmed: boolean;
  /** Whether the text is plain JSON, so that the members tell all that the text does but for white space and order. */
  readonly isPlain: boolean;
}

/** The reasons why bytes cannot be read as a JSON object. */
export type Unreadable = 'not UTF-8' | 'not JSON' | 'not an object' | 'too many nodes';

/**
 * The maximum number of nodes (values, and names of members) in JSON that is parsed. Without this limit, 9 MB of
 * `[[[[…` take a second and 270 MiB in JSON.parse alone. Real events have ten to a thousand nodes. The largest of 1,258
 * JSON files of all kinds has 74,433.
 */
export const maxNodes = 200_000;

/**
 * Matches numbers that a plain parse may change: those with a fraction, an exponent, sixteen digits or more, or a
 * negative zero. Such a number is between `:`, `,` or `[` and `,`, `}` or `]`. The pattern also matches in some
 * strings. That costs time, but does no harm.
 */
const delicateNumber = /[:,[]\s*(?:-0|-?\d+[.eE]|-?\d{16})[^",:{}[\]]*[,}\]]/;

// `fatal`, because a replaced byte would be lost. `ignoreBOM`, because a byte order mark is not JSON and must not be
// skipped.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads bytes as a JSON object, or returns why that is not possible. */
export function readJsonObject(data: Uint8Array, most = maxNodes): JsonObject | Unreadable {
  const json = readJson(data, most);
  if (typeof json === 'string') return json;
  const { text, value, nodes } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object';
  const mayRound = delicateNumber.test(text);
  const isPlain = isPlainJson(text, value, nodes, mayRound);
  return { text, members: value as JsonObject['members'], mayRound, isSkimmed: false, isPlain };
}

/** A JSON text that was parsed, with the number of its values and names. */
interface JsonRead {
  readonly text: string;
  readonly value: unknown;
  readonly nodes: number;
}

/** Reads bytes as any JSON value, or returns why that is not possible. */
export function readJson(data: Uint8Array, most = maxNodes): JsonRead | Exclude<Unreadable, 'not an object'> {
  const nodes = countNodes(data);
  if (nodes > most) return 'too many nodes';
  const text = decodeUtf8(data);
  if (text === undefined) return 'not UTF-8';
  try {
    return { text, value: JSON.parse(text), nodes };
  } catch {
    return 'not JSON';
  }
}

/**
 * Reads some members of an object that has too many nodes to be parsed. Only numbers, strings and literals are read,
 * and no member whose name occurs twice. The rest of the text is not checked. Undefined for bytes that do not begin and
 * end like an object.
 */
export function skimJsonObject(data: Uint8Array, names: readonly string[]): JsonObject | undefined {
  const text = decodeUtf8(data)?.trim();
  if (text?.startsWith('{') !== true) return undefined;
  const members = new Map<string, unknown>();
  const seen = new Set<string>();
  try {
    const end = scanMembers(text, ({ name, from, to }) => {
      const content = contentOf(name);
      if (!names.includes(content)) return;
      if (seen.has(content) || text[from] === '{' || text[from] === '[') members.delete(content);
      else members.set(content, JSON.parse(text.slice(from, to)));
      seen.add(content);
    });
    if (end !== text.length) return undefined;
  } catch {
    return undefined;
  }
  return { text, members: Object.fromEntries(members), mayRound: true, isSkimmed: true, isPlain: false };
}

/** Decodes bytes. Undefined if they are not UTF-8. */
export function decodeUtf8(data: Uint8Array): string | undefined {
  try {
    return utf8.decode(data);
  } catch {
    return undefined;
  }
}

const firstPrintable = 0x21;

/** Counts the values and names of a JSON text without parsing it. For invalid JSON the count has no meaning. */
export function countNodes(json: Uint8Array): number {
  let count = 1;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === quote) at = closingQuote(json, at);
    // A value follows each comma, and each opening bracket unless the container is empty. A name is before each colon.
    else if (byte === comma || byte === colon || byte === openBracket || byte === openBrace) count++;
    else if (byte === closeBracket && byteBefore(json, at) === openBracket) count--;
    else if (byte === closeBrace && byteBefore(json, at) === openBrace) count--;
  }
  return count;
}

/** Returns the last byte before an index that is not white space. */
function byteBefore(json: Uint8Array, index: number): number | undefined {
  let at = index - 1;
  while (at >= 0 && (json[at] ?? 0) < firstPrintable) at--;
  return json[at];
}

function closingQuote(json: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at;
}
