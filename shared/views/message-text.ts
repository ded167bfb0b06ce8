import type { Excerpt } from '../dead-letter/record.ts';

/** The beginning of a message's data, for a list. */
export interface Preview {
  readonly text: string;
  /** Whether what was looked at is UTF-8; if not, `text` has U+FFFD where it is not. */
  readonly isUtf8: boolean;
  /** Whether the text is all of the data. */
  readonly isWhole: boolean;
}

/** All of a message's data, as JSON can carry it. */
export interface WholeText {
  readonly encoding: 'text' | 'base64';
  readonly data: string;
}

// A byte order mark is shown like any other byte.
const strict = { fatal: true, ignoreBOM: true } as const;
const lenient = { fatal: false, ignoreBOM: true } as const;

export function previewOf({ bytes, beginning }: Pick<Excerpt, 'bytes' | 'beginning'>): Preview {
  const isWhole = beginning.length === bytes;
  // A character that the cut goes through is left out, and is no fault of the message.
  const text = decode(beginning, !isWhole);
  if (text !== undefined) return { text, isUtf8: true, isWhole };
  return { text: new TextDecoder('utf-8', lenient).decode(beginning, { stream: !isWhole }), isUtf8: false, isWhole };
}

export function wholeTextOf(data: Uint8Array): WholeText {
  const text = decode(data, false);
  if (text !== undefined) return { encoding: 'text', data: text };
  const { buffer, byteOffset, byteLength } = data;
  return { encoding: 'base64', data: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
}

/** Undefined for what is not UTF-8. */
function decode(data: Uint8Array, isCut: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', strict).decode(data, { stream: isCut });
  } catch {
    return undefined;
  }
}
