import { formatCount } from '../../shared/views/format.ts';
import { quote } from '../../shared/json-characters.ts';
import { isUtf8 } from 'node:buffer';
import { arrangeColumns, parseCsvRow, rowAsJson, type CsvColumn } from './csv-row.ts';
import { countLines, InputError, newline, RecordBuffer, type InputRecord, type Splitter } from './input-record.ts';

const nothing = Buffer.alloc(0);

/** Reads the rows of a CSV file with a header as JSON objects. A row that does not fit the header has a problem. */
export class CsvSplitter implements Splitter {
  readonly cutLine = undefined;
  private readonly delimiter: string;
  private readonly buffer = new RecordBuffer();
  private columns: readonly CsvColumn[] | undefined;
  private width = 0;
  private line = 1;
  private offset: number;
  private isInQuotes = false;
  /** Whether the last byte ended a cell, so that a quote begins a cell in quotes. */
  private isCellStart = true;

  constructor(delimiter: string, offset: number) {
    this.delimiter = delimiter;
    this.offset = offset;
  }

  *push(chunk: Buffer): Generator<InputRecord> {
    let from = 0;
    for (let end = this.rowEnd(chunk, 0); end < chunk.length; end = this.rowEnd(chunk, from)) {
      yield* this.row(this.buffer.take(chunk.subarray(from, end)));
      from = end + 1;
    }
    this.buffer.add(chunk.subarray(from), this.line);
  }

  *end(): Generator<InputRecord> {
    const rest = this.buffer.take(nothing);
    const end = this.isInQuotes ? rest.indexOf(newline) : -1;
    this.isInQuotes = false;
    this.isCellStart = true;
    yield* this.row(end < 0 ? rest : rest.subarray(0, end));
    if (end < 0) return;
    // The quote has no end, so that it is taken for a mistake of its line.
    yield* this.push(rest.subarray(end + 1));
    yield* this.end();
  }

  /** Returns the line break that ends the row, or the end of the chunk. */
  private rowEnd(chunk: Buffer, from: number): number {
    const delimiter = this.delimiter.charCodeAt(0);
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      const isMark = byte === quote && (this.isInQuotes || this.isCellStart);
      if (isMark) this.isInQuotes = !this.isInQuotes;
      // A quote behind a closing one is a doubled quote: the cell goes on.
      this.isCellStart = isMark ? !this.isInQuotes : byte === delimiter || byte === newline;
      if (byte === newline && !this.isInQuotes) return at;
    }
    return chunk.length;
  }

  private *row(text: Buffer): Generator<InputRecord> {
    const { line, offset } = this;
    this.line += countLines(text) + 1;
    this.offset += text.length + 1;
    const data = text.at(-1) === 0x0d ? text.subarray(0, -1) : text;
    if (data.toString().trim() === '') return;
    const read = isUtf8(data) ? parseCsvRow(data.toString(), this.delimiter) : { problem: 'not UTF-8' };
    if (!this.columns) this.begin(read);
    else if ('problem' in read) yield { data, line, offset, problem: read.problem };
    else if (read.cells.length !== this.width)
      yield { data, line, offset, problem: this.countProblem(read.cells.length) };
    else yield { data: Buffer.from(rowAsJson(this.columns, read.cells)), line, offset };
  }

  private countProblem(count: number): string {
    return `${formatCount(count, 'cell')}, where the header has ${this.width}`;
  }

  private begin(header: ReturnType<typeof parseCsvRow>): void {
    if ('problem' in header) throw new InputError(`the header of the CSV file cannot be read: ${header.problem}`);
    const names = header.cells.map((name) => name.trim());
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new InputError(`the header of the CSV file has the column ${twice} twice`);
    this.columns = arrangeColumns(names);
    this.width = names.length;
  }
}
