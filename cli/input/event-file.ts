import { openBrace } from '../../shared/json-characters.ts';
import { UsageError } from '../command.ts';
import { CsvSplitter } from './csv-splitter.ts';
import { decodeUtf16, gunzipChunks } from './decode-bytes.ts';
import { DelimitedSplitter, recordSeparator } from './delimited-splitter.ts';
import { foreignFileOf, signatureBytes } from './foreign-file.ts';
import { InputError, newline, type InputRecord, type Splitter } from './input-record.ts';
import { JsonSplitter } from './json-splitter.ts';
import { PointerSplitter } from './pointer-splitter.ts';
import { isPulledMessage, unwrapPulled } from './pulled-message.ts';
import { textFormOf, type TextForm } from './text-form.ts';
import { ValueScanner } from './value-scanner.ts';

/** How the events of a file are found. */
export interface EventFileOptions {
  /** The name of the file, for messages. */
  readonly name: string;
  /** A JSON Pointer to the array of events in each object of the file. */
  readonly at?: string | undefined;
}

/** The events of a file, in any form. They are read once, one after another, or all events of a chunk together. */
export interface EventFile extends AsyncIterable<InputRecord> {
  /** Yields the events that end in each chunk of the file. */
  chunks(): AsyncIterable<Iterable<InputRecord>>;
  /** The form of the file, for people. Known in full once the first event was read. */
  readonly form: string;
  /** Whether the bytes of each event are a part of the file, so that `offset` finds them again. */
  readonly isInPlace: boolean;
  /** After the last event: the line of an event that has no end, because the file ends in it. */
  readonly cutLine: number | undefined;
}

/**
 * Opens the events of a file. Its first bytes decide what it is. Memory holds one event and the buffers, however large
 * the file is.
 *
 * @throws UsageError if the file holds no text of events.
 */
export async function openEvents(chunks: AsyncIterable<Uint8Array>, options: EventFileOptions): Promise<EventFile> {
  const raw = await PeekedStream.open(chunks);
  const isGzip = raw.begun[0] === 0x1f && raw.begun[1] === 0x8b;
  const bytes = isGzip ? await PeekedStream.open(gunzipChunks(raw)) : raw;
  const foreign = foreignFileOf(bytes.begun);
  if (foreign !== undefined) throw new UsageError(`${options.name} looks like ${foreign}`);
  const order = utf16Order(bytes.begun);
  const text = order ? await PeekedStream.open(decodeUtf16(bytes, order)) : bytes;
  const mark = markLength(text.begun);
  const form =
    options.at === undefined ? await detect(text, mark) : ({ kind: 'pointer', pointer: options.at } as const);
  const coding = [...(isGzip ? ['gzip'] : []), ...(order ? [`UTF-16`] : [])];
  return new Events(text.from(mark), form, makeSplitter(form, mark), coding);
}

async function detect(text: PeekedStream, mark: number): Promise<TextForm> {
  for (;;) {
    const form = textFormOf(text.begun.subarray(mark), text.isEnded);
    if (form) return form;
    await text.peek();
  }
}

function makeSplitter(form: TextForm, offset: number): Splitter {
  switch (form.kind) {
    case 'empty':
    case 'lines':
    case 'forms':
      return new DelimitedSplitter(newline, offset);
    case 'sequence':
      return new DelimitedSplitter(recordSeparator, offset);
    case 'array':
    case 'objects':
      return new JsonSplitter(offset);
    case 'csv':
      return new CsvSplitter(form.delimiter, offset);
    case 'pointer':
      return new PointerSplitter(form.pointer, offset);
  }
}

function spellForm(form: TextForm): string {
  switch (form.kind) {
    case 'empty':
      return 'an empty file';
    case 'lines':
      return 'one JSON event a line';
    case 'forms':
      return 'one form-encoded event a line';
    case 'sequence':
      return 'a JSON text sequence (RFC 7464)';
    case 'array':
      return 'a JSON array';
    case 'objects':
      return 'JSON objects one after another';
    case 'csv':
      return `CSV with a header, separated by ${form.delimiter === '\t' ? 'tabs' : form.delimiter}`;
    case 'pointer':
      return `the JSON array at ${form.pointer}`;
  }
}

class Events implements EventFile {
  cutLine: number | undefined;
  private readonly text: AsyncIterable<Buffer>;
  private readonly kind: TextForm;
  private readonly splitter: Splitter;
  private readonly coding: readonly string[];
  private isPulled: boolean | undefined;
  private failure: InputError | undefined;

  constructor(text: AsyncIterable<Buffer>, kind: TextForm, splitter: Splitter, coding: readonly string[]) {
    this.text = text;
    this.kind = kind;
    this.splitter = splitter;
    this.coding = coding;
  }

  get form(): string {
    const pulled = this.isPulled ? ['messages that were pulled from a subscription'] : [];
    return [spellForm(this.kind), ...pulled, ...this.coding].join(', ');
  }

  get isInPlace(): boolean {
    return this.coding.length === 0 && this.kind.kind !== 'csv' && this.isPulled !== true;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<InputRecord> {
    for await (const records of this.chunks()) yield* records;
  }

  async *chunks(): AsyncGenerator<Iterable<InputRecord>> {
    for await (const chunk of this.readableText()) yield this.recordsIn(chunk);
    yield this.lastRecords();
    this.cutLine ??= this.splitter.cutLine;
    if (this.failure) throw this.failure;
  }

  private *recordsIn(chunk: Buffer): Generator<InputRecord> {
    for (const record of this.splitter.push(chunk)) yield this.unwrap(record);
  }

  private *lastRecords(): Generator<InputRecord> {
    for (const record of this.splitter.end()) yield isCut(record.data) ? this.refuse(record) : this.unwrap(record);
  }

  /** Yields the text up to where it cannot be read any more. */
  private async *readableText(): AsyncGenerator<Buffer> {
    try {
      yield* this.text;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.failure = error;
    }
  }

  private refuse(record: InputRecord): InputRecord {
    this.cutLine = record.line;
    return { ...record, problem: 'the file ends in the middle of the event' };
  }

  /** The first event decides whether the file holds pulled messages. */
  private unwrap(record: InputRecord): InputRecord {
    this.isPulled ??= isPulledMessage(record);
    return this.isPulled ? unwrapPulled(record) : record;
  }
}

/** Whether a text is the beginning of a JSON object. */
function isCut(text: Buffer): boolean {
  return text[0] === openBrace && new ValueScanner().scan(text, 0, false)[0] === 'open';
}

/** A stream whose beginning was read. */
class PeekedStream implements AsyncIterable<Buffer> {
  begun: Buffer = Buffer.alloc(0);
  isEnded = false;
  /** The error that ended the stream while its beginning was read. What came before it is handed on first. */
  private failure: InputError | undefined;
  private readonly rest: AsyncIterator<Uint8Array>;

  private constructor(chunks: AsyncIterable<Uint8Array>) {
    this.rest = chunks[Symbol.asyncIterator]();
  }

  static async open(chunks: AsyncIterable<Uint8Array>): Promise<PeekedStream> {
    const stream = new PeekedStream(chunks);
    while (!stream.isEnded && stream.begun.length < signatureBytes && !stream.begun.includes(newline))
      await stream.peek();
    return stream;
  }

  async peek(): Promise<void> {
    try {
      const next = await this.rest.next();
      if (next.done === true) this.isEnded = true;
      else this.begun = Buffer.concat([this.begun, next.value]);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.isEnded = true;
      this.failure = error;
    }
  }

  /** Leaves out the first bytes. */
  from(offset: number): AsyncIterable<Buffer> {
    this.begun = this.begun.subarray(offset);
    return this;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      if (this.begun.length > 0) yield this.begun;
      if (this.failure) throw this.failure;
      while (!this.isEnded) {
        const next = await this.rest.next();
        if (next.done === true) return;
        const { buffer, byteOffset, byteLength } = next.value;
        yield Buffer.from(buffer, byteOffset, byteLength);
      }
    } finally {
      await this.rest.return?.();
    }
  }
}

function utf16Order(begun: Buffer): 'le' | 'be' | undefined {
  if (begun[0] === 0xff && begun[1] === 0xfe) return 'le';
  return begun[0] === 0xfe && begun[1] === 0xff ? 'be' : undefined;
}

/** The length of a byte order mark in UTF-8. */
function markLength(begun: Buffer): number {
  return begun[0] === 0xef && begun[1] === 0xbb && begun[2] === 0xbf ? 3 : 0;
}
