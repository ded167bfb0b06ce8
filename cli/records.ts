/** One event of a file. */
export interface InputRecord {
  /** Its bytes, without the text that separates it from the next event. */
  readonly data: Buffer;
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** The byte of the file at which it begins, from 0. */
  readonly offset: number;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openers = new Set([0x5b, 0x7b]);
const closers = new Set([0x5d, 0x7d]);
const openBracket = 0x5b;
const closeBracket = 0x5d;
/** The longest first line, in bytes, that is buffered until it is clear whether it is the whole file. */
const maxFirstLine = 65_536;

/**
 * Splits a file into its events without parsing them, so that each event keeps its bytes. The file holds lines of JSON,
 * or one JSON array. Blank lines do not count. Broken text is split as well as possible, and nothing is left out: text
 * after the end of an array, and the rest of an array that never ends, is split into lines.
 */
export async function* readRecords(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InputRecord> {
  const splitter = new Splitter();
  for await (const chunk of chunks) yield* splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  yield* splitter.end();
}

type Mode = 'begin' | 'lines' | 'array';

class Splitter {
  private mode: Mode = 'begin';
  private buffered: Buffer[] = [];
  private bufferedBytes = 0;
  /** The offset in the file of the first buffered byte. */
  private offset = 0;
  private line = 1;
  /** The line on which the current element of an array begins. The other fields are the state of the parser in it. */
  private elementLine = 1;
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  *push(chunk: Buffer): Generator<InputRecord> {
    if (this.mode !== 'begin') {
      yield* this.take(chunk);
      return;
    }
    this.buffer(chunk);
    const begun = withoutMark(Buffer.concat(this.buffered));
    const mode = modeOf(begun);
    if (firstByte(begun) === undefined) this.skipBlank(begun);
    if (mode === 'begin') return;
    this.mode = mode;
    this.flush();
    yield* this.takeFlushed(begun);
  }

  *end(): Generator<InputRecord> {
    const rest = this.flush();
    if (this.mode === 'begin') {
      this.mode = firstByte(withoutMark(rest)) === openBracket ? 'array' : 'lines';
      yield* this.takeFlushed(withoutMark(rest));
      yield* this.end();
    } else if (this.mode === 'array') {
      // The array never ended: the rest may be many events.
      this.mode = 'lines';
      this.line = this.elementLine;
      yield* this.takeFlushed(rest);
      yield* this.end();
    } else yield* this.record(rest, this.line);
  }

  /** Drops blank text before the first event, so that it takes no memory however long it is. */
  private skipBlank(blank: Buffer): void {
    if (blank.length < maxFirstLine) return;
    this.line += trimBlank(blank).blankLines;
    this.flush();
  }

  /** Processes bytes that were flushed last. */
  private *takeFlushed(bytes: Buffer): Generator<InputRecord> {
    this.offset -= bytes.length;
    yield* this.take(bytes);
  }

  private *take(chunk: Buffer): Generator<InputRecord> {
    let at = 0;
    while (at < chunk.length)
      at = yield* this.mode === 'array' ? this.takeElement(chunk, at) : this.takeLine(chunk, at);
  }

  private *takeLine(chunk: Buffer, from: number): Generator<InputRecord, number> {
    const end = chunk.indexOf(newline, from);
    if (end < 0) {
      this.buffer(chunk.subarray(from));
      return chunk.length;
    }
    this.buffer(chunk.subarray(from, end));
    yield* this.record(this.flush(), this.line);
    this.line++;
    this.offset++;
    return end + 1;
  }

  /** Takes the rest of an element, up to the comma or bracket that ends it. */
  private *takeElement(chunk: Buffer, from: number): Generator<InputRecord, number> {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte === newline) this.line++;
      if (!this.isBoundary(byte)) continue;
      this.buffer(chunk.subarray(from, at));
      if (this.depth > 0) yield* this.record(this.flush(), this.elementLine);
      this.flush();
      this.offset++;
      this.elementLine = this.line;
      if (openers.has(byte)) this.depth = 1;
      else if (byte !== comma) {
        this.depth = 0;
        this.mode = 'lines';
      }
      return at + 1;
    }
    this.buffer(chunk.subarray(from));
    return chunk.length;
  }

  /**
   * Advances the state by one byte.
   *
   * @returns Whether the byte begins the array, or ends an element: it is a comma between elements, or the last
   * bracket.
   */
  private isBoundary(byte: number): boolean {
    if (this.isInString) {
      this.isInString = this.isEscaped || byte !== quote;
      this.isEscaped = !this.isEscaped && byte === backslash;
      return false;
    }
    if (byte === quote) this.isInString = true;
    else if (openers.has(byte)) {
      if (this.depth === 0) return true;
      this.depth++;
    } else if (closers.has(byte)) {
      if (this.depth === 1) return byte === closeBracket;
      this.depth--;
    } else if (byte === comma) return this.depth === 1;
    return false;
  }

  /** Yields a record for the bytes that were flushed last, unless they are blank. */
  private *record(data: Buffer, line: number): Generator<InputRecord> {
    const { text, blankLines, blankBytes } = trimBlank(data);
    const offset = this.offset - data.length + blankBytes;
    if (text.length > 0) yield { data: text, line: line + blankLines, offset };
  }

  private buffer(part: Buffer): void {
    if (part.length === 0) return;
    this.buffered.push(part);
    this.bufferedBytes += part.length;
  }

  private flush(): Buffer {
    const [only] = this.buffered;
    const all = this.buffered.length === 1 && only ? only : Buffer.concat(this.buffered, this.bufferedBytes);
    this.buffered = [];
    this.offset += this.bufferedBytes;
    this.bufferedBytes = 0;
    return all;
  }
}

/**
 * Decides whether a file holds lines or one array, or returns `begin` if it needs more of the file. An array begins
 * with a bracket. But if the first line is a whole array and other lines follow, the file holds lines.
 */
function modeOf(begun: Buffer): Mode {
  const first = firstByte(begun);
  if (first === undefined || isPartOfMark(begun)) return 'begin';
  if (first !== openBracket) return 'lines';
  const end = begun.indexOf(newline, begun.indexOf(openBracket));
  if (end < 0) return begun.length > maxFirstLine ? 'array' : 'begin';
  if (end > maxFirstLine || !isJson(begun.subarray(0, end))) return 'array';
  return firstByte(begun.subarray(end)) === undefined ? 'begin' : 'lines';
}

function isJson(data: Buffer): boolean {
  try {
    JSON.parse(data.toString());
    return true;
  } catch {
    return false;
  }
}

/** Returns the first byte that is not blank. */
function firstByte(data: Buffer): number | undefined {
  return data.find((byte) => !isBlank(byte));
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === newline || byte === carriageReturn;
}

/** Removes white space on both sides. Counts the lines and bytes of the white space in front. */
function trimBlank(data: Buffer): { readonly text: Buffer; readonly blankLines: number; readonly blankBytes: number } {
  let from = 0;
  let to = data.length;
  let blankLines = 0;
  while (from < to && isBlank(data[from])) if (data[from++] === newline) blankLines++;
  while (to > from && isBlank(data[to - 1])) to--;
  return { text: data.subarray(from, to), blankLines, blankBytes: from };
}

const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf);

/** Removes a byte order mark. */
function withoutMark(data: Buffer): Buffer {
  return data.subarray(0, 3).equals(byteOrderMark) ? data.subarray(3) : data;
}

/** Whether this may be the first part of a byte order mark whose rest has not been read. */
function isPartOfMark(data: Buffer): boolean {
  return data.length < 3 && data.equals(byteOrderMark.subarray(0, data.length));
}
