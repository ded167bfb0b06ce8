import { recordSeparator } from './delimited-splitter.ts';
import { isBlankByte } from './input-record.ts';

/** A kind of file that is not read. */
interface ForeignFile {
  /** The bytes with which such a file begins, as latin1. */
  readonly begins: string;
  readonly at?: number;
  readonly is: string;
  readonly advice: string;
}

const bigQuery = 'export it as newline-delimited JSON';

const foreignFiles: readonly ForeignFile[] = [
  { begins: 'Obj\x01', is: 'an Avro file', advice: `${bigQuery}, or convert it with avro-tools tojson` },
  { begins: 'PAR1', is: 'a Parquet file', advice: bigQuery },
  { begins: 'ORC', is: 'an ORC file', advice: bigQuery },
  { begins: 'ARROW1', is: 'an Arrow file', advice: bigQuery },
  { begins: 'PK\x03\x04', is: 'a zip archive or an Excel workbook', advice: 'unzip it, or save the sheet as CSV' },
  { begins: '\xd0\xcf\x11\xe0', is: 'an Excel workbook', advice: 'save the sheet as CSV' },
  { begins: 'BZh', is: 'compressed with bzip2', advice: 'use bunzip2 first' },
  { begins: '\xfd7zXZ', is: 'compressed with xz', advice: 'use unxz first' },
  { begins: '\x28\xb5\x2f\xfd', is: 'compressed with zstd', advice: 'use unzstd first' },
  { begins: '\x04\x22\x4d\x18', is: 'compressed with lz4', advice: 'use unlz4 first' },
  { begins: '7z\xbc\xaf', is: 'a 7z archive', advice: 'unpack it first' },
  { begins: '\x1f\x8b', is: 'compressed twice with gzip', advice: 'use gunzip first' },
  { begins: 'ustar', at: 257, is: 'a tar archive', advice: 'unpack it, and name one of its files' },
  { begins: '%PDF', is: 'a PDF file', advice: 'export the events as JSON or CSV' },
  { begins: 'SQLite format 3', is: 'an SQLite database', advice: 'export the table as JSON or CSV' },
  { begins: '\xff\xfe\0\0', is: 'UTF-32 text', advice: 'convert it with iconv -t UTF-8' },
  { begins: '\0\0\xfe\xff', is: 'UTF-32 text', advice: 'convert it with iconv -t UTF-8' },
];

const utf16 = (order: 'LE' | 'BE'): string =>
  `UTF-16 text without a byte order mark: convert it with iconv -f UTF-16${order} -t UTF-8`;

/** The number of bytes at the beginning of a file that tell what it is. */
export const signatureBytes = 512;

/**
 * Says what a file is that holds no text of events, and what to do. Undefined for text.
 *
 * @param begun The first bytes of the file, after decompression.
 */
export function foreignFileOf(begun: Buffer): string | undefined {
  const text = begun.subarray(0, signatureBytes).toString('latin1');
  const known = foreignFiles.find(({ begins, at = 0 }) => text.startsWith(begins, at));
  if (known) return `${known.is}: ${known.advice}`;
  if (/^\s*<(\?xml|!doctype|[a-z][\w:-]*[\s>])/i.test(text)) return 'XML or HTML: export the events as JSON or CSV';
  if (text.startsWith('\xff\xfe') || text.startsWith('\xfe\xff')) return undefined;
  if (/^(?:[\t\n\r -~]\0){2}/.test(text)) return utf16('LE');
  if (/^(?:\0[\t\n\r -~]){2}/.test(text)) return utf16('BE');
  if (/^\s*[[{]/.test(text)) return undefined;
  const controls = begun.subarray(0, signatureBytes).filter(isControl).length;
  if (text.includes('\0') || controls > text.length / 10)
    return 'binary data, such as protobuf: write its events as JSON, one a line';
  return undefined;
}

/** Whether a byte occurs in binary data, and in text next to never. */
function isControl(byte: number): boolean {
  return byte < 0x20 && !isBlankByte(byte) && byte !== recordSeparator;
}
