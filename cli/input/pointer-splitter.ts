import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  openBrace,
  openBracket,
  quote,
} from '../../shared/json-characters.ts';
import { pathOf } from '../../shared/json-pointer.ts';
import { countLines, InputError, newline, type InputRecord, type Splitter } from './input-record.ts';
import { JsonSplitter } from './json-splitter.ts';
import { ValueScanner } from './value-scanner.ts';

/** An object or array that is open, and whether its current member lies on the way to the pointer. */
interface Frame {
  readonly isObject: boolean;
  index: number;
  expectsName: boolean;
  isOnTheWay: boolean;
}

/** Reads a JSON Pointer (RFC 6901). @returns Undefined for a text that is none, or that names the whole. */
export function parsePointer(text: string): readonly string[] | undefined {
  return text.startsWith('/') ? pathOf(text) : undefined;
}

/**
 * Splits the array at a JSON Pointer into its elements, in each object of a text. What else the objects hold is left
 * out. Only what lies at the pointer is kept in memory.
 */
export class PointerSplitter implements Splitter {
  cutLine: number | undefined;
  private readonly pointer: string;
  private readonly tokens: readonly string[];
  private readonly frames: Frame[] = [];
  private readonly target = new ValueScanner();
  /** Splits the array at the pointer, while it is read. */
  private inner: JsonSplitter | undefined;
  /** Whether the end of that array cannot be found, because of a mistake in it. */
  private isEndLost = false;
  private string: { isName: boolean; text: number[]; isEscaped: boolean } | undefined;
  private isFound = false;
  private names: string[] = [];
  private line = 1;
  private valueLine = 1;
  private offset: number;

  constructor(pointer: string, offset: number) {
    this.pointer = pointer;
    this.tokens = parsePointer(pointer) ?? [];
    this.offset = offset;
  }

  *push(chunk: Buffer): Generator<InputRecord> {
    for (let at = 0; at < chunk.length;)
      at = this.inner ? yield* this.take(this.inner, chunk, at) : this.seek(chunk, at);
    this.offset += chunk.length;
  }

  *end(): Generator<InputRecord> {
    if (this.inner) yield* this.inner.end();
    else if (this.frames.length > 0) this.close();
    if (this.inner || this.frames.length > 0) this.cutLine = this.inner?.cutLine ?? this.line;
  }

  private *take(inner: JsonSplitter, chunk: Buffer, from: number): Generator<InputRecord, number> {
    const [end, to] = this.isEndLost ? ['broken', from] : this.target.scan(chunk, from, false);
    if (end === 'broken') this.isEndLost = true;
    const part = chunk.subarray(from, end === 'ended' ? to : chunk.length);
    this.line += countLines(part);
    yield* inner.push(part);
    if (end !== 'ended') return chunk.length;
    yield* inner.end();
    this.inner = undefined;
    return to;
  }

  /** Passes bytes that are not at the pointer. @returns Where the value at the pointer begins, or the end of the chunk. */
  private seek(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte === newline) this.line++;
      if (this.string) this.takeString(byte);
      else if (byte > 0x20 && this.isAtPointer(byte)) {
        this.isFound = true;
        this.target.begin();
        this.inner = new JsonSplitter(this.offset + at, this.line);
        return at;
      } else if (byte > 0x20) this.step(byte);
    }
    return chunk.length;
  }

  private isAtPointer(byte: number): boolean {
    if (this.frames.length !== this.tokens.length || !this.frames.every(({ isOnTheWay }) => isOnTheWay)) return false;
    return (byte === openBracket || byte === openBrace) && this.frames.at(-1)?.expectsName !== true;
  }

  private step(byte: number): void {
    const frame = this.frames.at(-1);
    if (byte === openBrace || byte === openBracket) this.open(byte === openBrace);
    else if (byte === closeBrace || byte === closeBracket) {
      this.frames.pop();
      if (this.frames.length === 0) this.close();
    } else if (byte === quote) this.string = { isName: frame?.expectsName ?? false, text: [quote], isEscaped: false };
    else if (byte === colon && frame) frame.expectsName = false;
    else if (byte === comma && frame) {
      frame.index++;
      frame.expectsName = frame.isObject;
      frame.isOnTheWay = !frame.isObject && this.isToken(String(frame.index));
    }
  }

  private open(isObject: boolean): void {
    if (this.frames.length === 0) {
      this.valueLine = this.line;
      this.isFound = false;
      this.names = [];
    }
    this.frames.push({ isObject, index: 0, expectsName: isObject, isOnTheWay: false });
    const frame = this.frames.at(-1);
    if (frame && !isObject) frame.isOnTheWay = this.isToken('0');
  }

  private takeString(byte: number): void {
    const { string } = this;
    if (!string) return;
    if (string.isName) string.text.push(byte);
    if (string.isEscaped) string.isEscaped = false;
    else if (byte === backslash) string.isEscaped = true;
    else if (byte === quote) {
      this.string = undefined;
      if (string.isName) this.takeName(Buffer.from(string.text).toString());
    }
  }

  private takeName(text: string): void {
    const frame = this.frames.at(-1);
    if (!frame) return;
    const name = readName(text);
    frame.isOnTheWay = this.isToken(name);
    if (this.frames.length === 1) this.names.push(name);
  }

  /** Whether a member of the innermost container has the name, or the index, that the pointer has in this place. */
  private isToken(name: string): boolean {
    return this.tokens[this.frames.length - 1] === name;
  }

  /** Ends one value of the text. @throws InputError if it has nothing at the pointer. */
  private close(): void {
    if (this.isFound) return;
    const members = this.names.slice(0, 8).join(', ');
    throw new InputError(
      `--at ${this.pointer} leads to no array or object in the value on line ${this.valueLine}${members && ` (it has ${members})`}`,
    );
  }
}

function readName(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
