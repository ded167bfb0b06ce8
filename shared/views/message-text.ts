import type { Excerpt } from '../dead-letter/excerpt.ts';

/** The first part of a message's data, for a list. */
export interface Preview {
  readonly text: string;
  /** Whether the shown bytes are UTF-8. If not, `text` has U+FFFD for the invalid bytes. */
  readonly isUtf8: boolean;
  /** Whether the text is the whole data. */
  readonly isWhole: boolean;
}

/** A message's whole data, in a form for JSON. */
export interface WholeText {
  readonly encoding: 'text' | 'base64';
  readonly data: string;
}

// `ignoreBOM`: a byte order mark is kept as a character.
const strict = { fatal: true, ignoreBOM: true } as const;
const lenient = { fatal: false, ignoreBOM: true } as const;

export function previewOf({ bytes, beginning }: Pick<Excerpt, 'bytes' | 'beginning'>): Preview {
  const isWhole = beginning.length === bytes;
  // A character that the cut splits is left out. It does not make the data invalid.
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

/** Decodes UTF-8. Undefined if the bytes are invalid. */
function decode(data: Uint8Array, isCut: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', strict).decode(data, { stream: isCut });
  } catch {
    return undefined;
  }
}
