import { parse as parseLosslessly } from 'lossless-json';

/** A JSON object as it was read. */
export interface JsonObject {
  readonly text: string;
  readonly members: Readonly<Record<string, unknown>>;
  /**
   * The same with numbers by their text, where a plain parse may have changed one; `unreadable` where lossless-json cannot tell
   * (thousands of levels, a member named twice); undefined where a plain parse changes nothing.
   */
  readonly exact: Readonly<Record<string, unknown>> | 'unreadable' | undefined;
}

/**
 * Numbers that a plain parse may change: with a fraction, an exponent, sixteen digits or more, or a negative zero. Each stands
 * between `:`, `,` or `[` and `,`, `}` or `]`. It also matches in some strings, which costs time and nothing else.
 */
const delicateNumber = /[:,[]\s*(?:-0|-?\d+[.eE]|-?\d{16})[^",:{}[\]]*[,}\]]/;

// Fatal, since a byte that is replaced is a byte that is lost; and a byte order mark is no JSON.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads bytes as a JSON object, or says which of the three they are not. */
export function readJsonObject(data: Uint8Array): JsonObject | 'not UTF-8' | 'not JSON' | 'not an object' {
  let text: string;
  try {
    text = utf8.decode(data);
  } catch {
    return 'not UTF-8';
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object';
  const exact = delicateNumber.test(text) ? readExactly(text) : undefined;
  return { text, members: value as Record<string, unknown>, exact };
}

function readExactly(text: string): Readonly<Record<string, unknown>> | 'unreadable' {
  try {
    return parseLosslessly(text) as Record<string, unknown>;
  } catch {
    return 'unreadable';
  }
}
