import { CommandError } from '../command.ts';
import type { Attributes } from '../../shared/messages/message.ts';

/** One event of a file. */
export interface InputRecord {
  /** Its bytes, without the text that separates it from the next event. */
  readonly data: Buffer;
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** The byte of the text at which it begins, from 0. */
  readonly offset: number;
  /** Why it cannot be read as an event. `data` is then the text as it stands in the file. */
  readonly problem?: string;
  /** The attributes and the id of its message, if the file holds messages that were pulled. */
  readonly attributes?: Attributes;
  readonly orderingKey?: string;
  readonly messageId?: string;
}

/** Splits a text into records. The text comes in chunks. */
export interface Splitter {
  readonly push: (chunk: Buffer) => Iterable<InputRecord>;
  readonly end: () => Iterable<InputRecord>;
  /** After the end: the line on which a value begins that has no end. Undefined if all have one. */
  readonly cutLine: number | undefined;
}

/** An error of a file that ends the reading of it. The records before it were read. */
export class InputError extends CommandError {}

/** The longest event that is read, in bytes. No message can be as long: Pub/Sub takes at most 10 MB. */
const maxRecordBytes = 64 * 1_024 * 1_024;

/** Collects the chunks of a record. */
export class RecordBuffer {
  private parts: Buffer[] = [];
  private bytes = 0;

  get isEmpty(): boolean {
    return this.bytes === 0;
  }

  /** @param line The line on which the record begins. @throws InputError if the record is too long. */
  add(part: Buffer, line: number): void {
    if (part.length === 0) return;
    this.parts.push(part);
    this.bytes += part.length;
    if (this.bytes <= maxRecordBytes) return;
    throw new InputError(
      `the event that begins on line ${line} has no end within 64 MB: if the file is one large object, name its array of events with --at`,
    );
  }

  /** Returns the buffered bytes and this last part of them, and forgets them. */
  take(last: Buffer): Buffer {
    if (this.parts.length === 0) return last;
    this.parts.push(last);
    const all = Buffer.concat(this.parts);
    this.parts = [];
    this.bytes = 0;
    return all;
  }
}

export const newline = 0x0a;

/** Whether a byte is white space, between or around events. */
export function isBlankByte(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === newline || byte === 0x0d;
}

export function countLines(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(newline); at >= 0; at = text.indexOf(newline, at + 1)) lines++;
  return lines;
}

/**
 * Makes a record of a text, without the white space around it.
 *
 * @param line The line on which the text begins.
 * @param offset The byte at which the text begins.
 * @returns Undefined if the text is blank.
 */
export function trimmedRecord(text: Buffer, line: number, offset: number): InputRecord | undefined {
  let [from, to, blankLines] = [0, text.length, 0];
  while (from < to && isBlankByte(text[from])) if (text[from++] === newline) blankLines++;
  if (from === to) return undefined;
  while (isBlankByte(text[to - 1])) to--;
  return { data: text.subarray(from, to), line: line + blankLines, offset: offset + from };
}
