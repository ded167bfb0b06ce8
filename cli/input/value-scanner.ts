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
import { newline } from './input-record.ts';

/** How a scan ended: the value goes on in the next chunk, it ended, or it cannot be JSON. */
export type ScanEnd = 'open' | 'ended' | 'broken';

/**
 * Finds the end of a JSON value, byte by byte, without parsing it. Three mistakes show that a text cannot be JSON, so
 * that a broken event does not take the events behind it along: a line break in a string, a bracket that closes one of
 * the other kind, and an object where the name of a member belongs.
 */
export class ValueScanner {
  /** The brackets that are open. */
  private readonly open: number[] = [];
  private isInString = false;
  private isEscaped = false;
  /** The last byte that is not blank. */
  private last = 0;

  /** Begins a new value. */
  begin(): void {
    this.open.length = 0;
    this.isInString = false;
    this.isEscaped = false;
    this.last = 0;
  }

  /**
   * Scans a chunk.
   *
   * @param isElement Whether the value is an element of an array, which ends in front of a comma or a bracket.
   * @returns How the scan ended, and at which byte of the chunk.
   */
  scan(chunk: Buffer, from: number, isElement: boolean): readonly [ScanEnd, number] {
    for (let at = from; at < chunk.length; at++) {
      if (this.isInString) {
        at = this.endOfString(chunk, at);
        if (chunk[at] === newline) return ['broken', at];
        continue;
      }
      const byte = chunk[at] ?? 0;
      if (byte <= 0x20) continue;
      if (isElement && this.open.length === 0 && (byte === comma || byte === closeBracket)) return ['ended', at];
      if (!this.step(byte)) return ['broken', isCloser(byte) ? at + 1 : at];
      if (!isElement && this.open.length === 0) return ['ended', at + 1];
      this.last = byte;
    }
    return ['open', chunk.length];
  }

  /** Takes one byte that is neither blank nor in a string. @returns Whether the text may still be JSON. */
  private step(byte: number): boolean {
    if (byte === quote) this.isInString = true;
    else if (byte === openBrace || byte === openBracket) {
      if (this.open.at(-1) === openBrace && this.last !== colon) return false;
      this.open.push(byte);
    } else if (isCloser(byte) && this.open.length > 0) return (this.open.pop() === openBrace) === (byte === closeBrace);
    return true;
  }

  /** @returns The byte that ends the string, the line break that breaks it, or the end of the chunk. */
  private endOfString(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === newline) return at;
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === backslash) this.isEscaped = true;
      else if (byte === quote) {
        this.isInString = false;
        return at;
      }
    }
    return chunk.length;
  }
}

function isCloser(byte: number): boolean {
  return byte === closeBrace || byte === closeBracket;
}
