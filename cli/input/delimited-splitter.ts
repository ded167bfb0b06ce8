import { countLines, newline, RecordBuffer, trimmedRecord, type InputRecord, type Splitter } from './input-record.ts';

/** The byte in front of each text of a sequence (RFC 7464). */
export const recordSeparator = 0x1e;

const nothing = Buffer.alloc(0);

/** Splits a text at each delimiter: a line break, or the record separator of a sequence. Blank records do not count. */
export class DelimitedSplitter implements Splitter {
  readonly cutLine = undefined;
  private readonly delimiter: number;
  private readonly buffer = new RecordBuffer();
  private line = 1;
  /** The offset at which the current record begins. */
  private offset: number;

  constructor(delimiter: typeof newline | typeof recordSeparator, offset: number) {
    this.delimiter = delimiter;
    this.offset = offset;
  }

  *push(chunk: Buffer): Generator<InputRecord> {
    let from = 0;
    for (let end = chunk.indexOf(this.delimiter); end >= 0; end = chunk.indexOf(this.delimiter, from)) {
      const record = this.cut(chunk.subarray(from, end));
      if (record) yield record;
      from = end + 1;
    }
    this.buffer.add(chunk.subarray(from), this.line);
  }

  *end(): Generator<InputRecord> {
    const record = this.cut(nothing);
    if (record) yield record;
  }

  private cut(last: Buffer): InputRecord | undefined {
    const text = this.buffer.take(last);
    const record = trimmedRecord(text, this.line, this.offset);
    this.offset += text.length + 1;
    this.line += this.delimiter === newline ? 1 : countLines(text);
    return record;
  }
}
