/** One event as it stands in a file. */
export interface InputRecord {
  /** Its bytes, without what separates it from the next. */
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
/** The longest first line that is kept until it is clear whether it is the whole file, in bytes. */
const maxFirstLine = 65_536;

/**
 * Cuts a file into its events without reading them, so that each keeps its bytes: lines of JSON, or the elements of one JSON
 * array. Blank lines do not count. What is broken is cut as well as it can be, and nothing is left out: behind the end of an
 * array, and in an array that never ends, the rest is taken line by line.
 */
export async function* readRecords(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InputRecord> {
  const splitter = new Splitter();
  for await (const chunk of chunks) yield* splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  yield* splitter.end();
}

type Mode = 'begin' | 'lines' | 'array';

class Splitter {
  private mode: Mode = 'begin';
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** How many bytes of the file are done with: what is held comes behind them. */
  private offset = 0;
  private line = 1;
  /** Within an array: the line on which the element begins, and where in its nesting and strings the reading stands. */
  private elementLine = 1;
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  *push(chunk: Buffer): Generator<InputRecord> {
    if (this.mode !== 'begin') {
      yield* this.take(chunk);
      return;
    }
    this.hold(chunk);
    const begun = withoutMark(Buffer.concat(this.held));
    const mode = modeOf(begun);
    if (firstByte(begun) === undefined) this.skipBlank(begun);
    if (mode === 'begin') return;
    this.mode = mode;
    this.letGo();
    yield* this.takeAgain(begun);
  }

  *end(): Generator<InputRecord> {
    const rest = this.letGo();
    if (this.mode === 'begin') {
      this.mode = firstByte(withoutMark(rest)) === openBracket ? 'array' : 'lines';
      yield* this.takeAgain(withoutMark(rest));
      yield* this.end();
    } else if (this.mode === 'array') {
      // It never ended: what is left may be many events.
      this.mode = 'lines';
      this.line = this.elementLine;
      yield* this.takeAgain(rest);
      yield* this.end();
    } else yield* this.record(rest, this.line);
  }

  /** However much blank there is before the first event, none of it is kept. */
  private skipBlank(blank: Buffer): void {
    if (blank.length < maxFirstLine) return;
    this.line += trimBlank(blank).blankLines;
    this.letGo();
  }

  /** Takes the last of what was let go. */
  private *takeAgain(bytes: Buffer): Generator<InputRecord> {
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
      this.hold(chunk.subarray(from));
      return chunk.length;
    }
    this.hold(chunk.subarray(from, end));
    yield* this.record(this.letGo(), this.line);
    this.line++;
    this.offset++;
    return end + 1;
  }

  /** Takes what is left of an element, up to the comma or bracket that ends it. */
  private *takeElement(chunk: Buffer, from: number): Generator<InputRecord, number> {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte === newline) this.line++;
      if (!this.isBoundary(byte)) continue;
      this.hold(chunk.subarray(from, at));
      if (this.depth > 0) yield* this.record(this.letGo(), this.elementLine);
      this.letGo();
      this.offset++;
      this.elementLine = this.line;
      if (openers.has(byte)) this.depth = 1;
      else if (byte !== comma) {
        this.depth = 0;
        this.mode = 'lines';
      }
      return at + 1;
    }
    this.hold(chunk.subarray(from));
    return chunk.length;
  }

  /** Reads on by one byte. @returns Whether it begins the array, or ends an element: a comma between elements, or the last bracket. */
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

  /** Cuts out what was let go last. */
  private *record(data: Buffer, line: number): Generator<InputRecord> {
    const { text, blankLines, blankBytes } = trimBlank(data);
    const offset = this.offset - data.length + blankBytes;
    if (text.length > 0) yield { data: text, line: line + blankLines, offset };
  }

  private hold(part: Buffer): void {
    if (part.length === 0) return;
    this.held.push(part);
    this.heldBytes += part.length;
  }

  private letGo(): Buffer {
    const [only] = this.held;
    const all = this.held.length === 1 && only ? only : Buffer.concat(this.held, this.heldBytes);
    this.held = [];
    this.offset += this.heldBytes;
    this.heldBytes = 0;
    return all;
  }
}

/**
 * Tells lines from an array, once enough has come to know: an array begins with a bracket. But a first line that is an array by
 * itself is one line of many, if others follow.
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

/** The first byte that is not blank. */
function firstByte(data: Buffer): number | undefined {
  return data.find((byte) => !isBlank(byte));
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === newline || byte === carriageReturn;
}

/** Leaves out white space on both sides, and tells how many lines and bytes of it stand in front. */
function trimBlank(data: Buffer): { readonly text: Buffer; readonly blankLines: number; readonly blankBytes: number } {
  let from = 0;
  let to = data.length;
  let blankLines = 0;
  while (from < to && isBlank(data[from])) if (data[from++] === newline) blankLines++;
  while (to > from && isBlank(data[to - 1])) to--;
  return { text: data.subarray(from, to), blankLines, blankBytes: from };
}

const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf);

/** Leaves out a byte order mark. */
function withoutMark(data: Buffer): Buffer {
  return data.subarray(0, 3).equals(byteOrderMark) ? data.subarray(3) : data;
}

/** Tells whether this may be the beginning of a byte order mark that is not there in whole. */
function isPartOfMark(data: Buffer): boolean {
  return data.length < 3 && data.equals(byteOrderMark.subarray(0, data.length));
}
