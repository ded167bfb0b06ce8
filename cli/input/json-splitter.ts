import { closeBracket, comma, openBrace, openBracket } from '../../shared/json-characters.ts';
import { isBlankByte, newline, RecordBuffer, trimmedRecord, type InputRecord, type Splitter } from './input-record.ts';
import { ValueScanner, type ScanEnd } from './value-scanner.ts';

const nothing = Buffer.alloc(0);

/**
 * Splits a text of JSON values into events: objects one after another, over as many lines as they take, and the
 * elements of arrays. Broken text is split as well as possible. Nothing is left out but blanks, the brackets of the
 * arrays, and the commas between values.
 */
export class JsonSplitter implements Splitter {
  cutLine: number | undefined;
  private readonly scanner = new ValueScanner();
  private readonly buffer = new RecordBuffer();
  /** Between two events, in an event, or in a line that is no JSON. */
  private phase: 'between' | 'value' | 'line' = 'between';
  private isInArray = false;
  private line: number;
  /** The offset of the next chunk. */
  private offset: number;
  private lineOffset: number;
  private recordOffset = 0;
  private recordColumn = 0;

  /** @param line The line on which the text begins. */
  constructor(offset: number, line = 1) {
    this.offset = offset;
    this.lineOffset = offset;
    this.line = line;
  }

  *push(chunk: Buffer): Generator<InputRecord> {
    const base = this.offset;
    this.offset += chunk.length;
    for (let at = this.begin(chunk, 0, base); at < chunk.length;) {
      const [end, to] = this.scan(chunk, at);
      if (end === 'open') this.buffer.add(chunk.subarray(at), this.line);
      else yield* this.records(this.buffer.take(chunk.subarray(at, to)), end === 'broken');
      at = this.begin(chunk, to, base);
    }
  }

  *end(): Generator<InputRecord> {
    if (this.isInArray) this.cutLine = this.line;
    if (this.phase !== 'between') yield* this.records(this.buffer.take(nothing), this.phase === 'value');
  }

  /** Passes what stands between two events. @returns Where the next event begins or goes on. */
  private begin(chunk: Buffer, from: number, base: number): number {
    if (this.phase !== 'between') return from;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === newline) {
        this.line++;
        this.lineOffset = base + at + 1;
      } else if (byte === (this.isInArray ? closeBracket : openBracket)) this.isInArray = !this.isInArray;
      else if (byte !== comma && !isBlankByte(byte)) {
        this.phase = this.isInArray || byte === openBrace ? 'value' : 'line';
        this.recordOffset = base + at;
        this.recordColumn = this.recordOffset - this.lineOffset;
        this.scanner.begin();
        return at;
      }
    }
    return chunk.length;
  }

  private scan(chunk: Buffer, from: number): readonly [ScanEnd, number] {
    if (this.phase === 'value') return this.scanner.scan(chunk, from, this.isInArray);
    const end = chunk.indexOf(newline, from);
    return end < 0 ? ['open', chunk.length] : ['ended', end];
  }

  /**
   * Yields the record of a text. A broken text may hold several events, because the first has no end. Each line that
   * begins with a brace, in the column in which the text began with one, is taken for the beginning of another.
   */
  private *records(text: Buffer, isBroken: boolean): Generator<InputRecord> {
    const starts = isBroken ? bracesIn(text, this.recordColumn) : [];
    let from = 0;
    for (const to of [...starts, text.length]) {
      const part = text.subarray(from, to);
      const record = trimmedRecord(part, this.line, this.recordOffset + from);
      if (record) yield record;
      for (let at = part.indexOf(newline); at >= 0; at = part.indexOf(newline, at + 1)) {
        this.line++;
        this.lineOffset = this.recordOffset + from + at + 1;
      }
      from = to;
    }
    this.phase = 'between';
  }
}

/** Returns where the lines of a text begin, but for the first, that have a brace as first character, in this column. */
function bracesIn(text: Buffer, column: number): readonly number[] {
  const starts: number[] = [];
  for (let at = text.indexOf(newline); at >= 0; at = text.indexOf(newline, at + 1)) {
    const brace = at + 1 + column;
    if (text[brace] === openBrace && text.subarray(at + 1, brace).every(isBlankByte)) starts.push(at + 1);
  }
  return starts;
}
