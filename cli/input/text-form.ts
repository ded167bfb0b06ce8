import { openBrace, openBracket } from '../../shared/json-characters.ts';
import { parseCsvRow } from './csv-row.ts';
import { isBlankByte, newline } from './input-record.ts';
import { recordSeparator } from './delimited-splitter.ts';
import { ValueScanner } from './value-scanner.ts';

/** How a text holds its events. */
export type TextForm =
  | { readonly kind: 'empty' }
  | { readonly kind: 'lines' }
  | { readonly kind: 'forms' }
  | { readonly kind: 'array' }
  | { readonly kind: 'objects' }
  | { readonly kind: 'sequence' }
  | { readonly kind: 'csv'; readonly delimiter: string }
  | { readonly kind: 'pointer'; readonly pointer: string };

/** The number of bytes of a text after which its form is decided. */
export const formBytes = 65_536;

/**
 * Decides from the beginning of a text how it holds its events. It decides as soon as it can, because the rest of
 * standard input may take long to come.
 *
 * @param isEnd Whether the text has no more bytes than these.
 * @returns Undefined if more bytes are needed.
 */
export function textFormOf(begun: Buffer, isEnd: boolean): TextForm | undefined {
  const isAll = isEnd || begun.length >= formBytes;
  const from = begun.findIndex((byte) => !isBlankByte(byte));
  const first = begun[from];
  if (first === undefined) return isAll ? { kind: isEnd ? 'empty' : 'lines' } : undefined;
  switch (first) {
    case recordSeparator:
      return { kind: 'sequence' };
    case openBracket:
      return { kind: 'array' };
    case openBrace:
      return formOfObjects(begun.subarray(from), isAll);
    default: {
      const delimiter = csvDelimiter(begun.toString(), isAll);
      return delimiter === undefined ? formOfLines(begun, isAll) : { kind: 'csv', delimiter };
    }
  }
}

function formOfLines(begun: Buffer, isAll: boolean): TextForm | undefined {
  const second = begun.indexOf(newline, begun.indexOf(newline) + 1);
  if (!isAll && second <= begun.indexOf(newline)) return undefined;
  const [line = ''] = begun.toString().trimStart().split(/\r?\n/, 1);
  return { kind: isFormText(line) ? 'forms' : 'lines' };
}

/** Whether a text is form-encoded, with several pairs. */
export function isFormText(text: string): boolean {
  return /^[\w.-]+=[^&\s]*(&[\w.-]+=[^&\s]*)+$/.test(text);
}

/** @param begun The text from its first brace. */
function formOfObjects(begun: Buffer, isAll: boolean): TextForm | undefined {
  if (/^\{\s*"receivedMessages"\s*:/.test(begun.subarray(0, 1_000).toString()))
    return { kind: 'pointer', pointer: '/receivedMessages' };
  const [end, to] = new ValueScanner().scan(begun, 0, false);
  if (end === 'open' && !isAll) return undefined;
  const value = begun.subarray(0, to);
  if (value.includes(newline)) return { kind: isNewLineOfObjects(begun) ? 'lines' : 'objects' };
  const behind = begun.subarray(to).find((byte) => byte === newline || !isBlankByte(byte));
  if (end !== 'ended' || behind === newline) return { kind: 'lines' };
  if (behind === undefined) return isAll ? { kind: 'lines' } : undefined;
  return { kind: behind === openBrace || behind === 0x2c ? 'objects' : 'lines' };
}

/** Whether the second line begins with a brace, as the first does: then the first is a broken line. */
function isNewLineOfObjects(begun: Buffer): boolean {
  const second = begun.subarray(begun.indexOf(newline) + 1);
  return second.find((byte) => byte !== newline && byte !== 0x0d) === openBrace;
}

const delimiters = [',', ';', '\t', '|'];
/** Names of columns that hold what an event needs. */
const knownNames = /^(event_?id|id|type|event_?type|event|timestamp|time|created(_?at)?|occurred_?at|uuid)$/i;

/** Returns the delimiter of a CSV file with a header. Undefined if the text is none. */
function csvDelimiter(text: string, isAll: boolean): string | undefined {
  const [header = '', first] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (first === undefined && !isAll) return undefined;
  return delimiters.find((delimiter) => {
    const head = parseCsvRow(header, delimiter);
    if ('problem' in head || head.cells.length < 2) return false;
    if (!head.cells.every((name) => /^\s*[A-Za-z_][\w .\-/]*$/.test(name))) return false;
    if (new Set(head.cells).size < head.cells.length) return false;
    if (head.cells.some((name) => knownNames.test(name.trim()))) return true;
    const row = first === undefined ? undefined : parseCsvRow(first, delimiter);
    return row !== undefined && 'cells' in row && row.cells.length === head.cells.length;
  });
}
