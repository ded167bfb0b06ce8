import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../command.ts';
import { RetryableError } from '../../shared/errors.ts';
import { openEvents } from '../input/event-file.ts';
import { checkReadable } from '../input/input-file.ts';
import { newline } from '../input/input-record.ts';
import { defaultIdOf, type HeldEvent, type IdReader } from './answer-source.ts';
import { IdIndex, type Place } from './id-index.ts';

/**
 * A file of events. Only the id and the position of each event are kept in memory. If the events do not stand in the
 * file as they are, because it is compressed for example, they are copied to a temporary file.
 */
export class ResendFile {
  readonly index: IdIndex;
  /** The events without a readable id, which no request can name: their number, and the line of the first. */
  readonly unreadable: { readonly count: number; readonly firstLine: number } | undefined;
  private readonly handle: FileHandle;
  private readonly copy: CopiedEvents | undefined;
  private readonly idOf: IdReader;

  private constructor(
    handle: FileHandle,
    copy: CopiedEvents | undefined,
    index: IdIndex,
    unreadable: ResendFile['unreadable'],
    idOf: IdReader,
  ) {
    this.idOf = idOf;
    this.handle = handle;
    this.copy = copy;
    this.index = index;
    this.unreadable = unreadable;
  }

  /** Opens a file and indexes its events. @throws UsageError if it cannot be read, or not a second time, such as a pipe. */
  static async open(path: string, at?: string, idOf: IdReader = defaultIdOf): Promise<ResendFile> {
    await checkReadable(path);
    const handle = await open(path);
    let copy: CopiedEvents | undefined;
    try {
      if (!(await handle.stat()).isFile()) throw new UsageError(`${path} is not a file that can be read again`);
      const index = new IdIndex();
      let unreadable: ResendFile['unreadable'];
      const input = handle.createReadStream({ start: 0, autoClose: false }) as AsyncIterable<Buffer>;
      const events = await openEvents(input, { name: path, at });
      for await (const { data, attributes, orderingKey, line, offset, problem } of events) {
        const event = { data, attributes, orderingKey };
        const id = problem === undefined ? idOf(event) : undefined;
        if (id === 'of another stream') continue;
        if (id === undefined) unreadable = { firstLine: line, ...unreadable, count: (unreadable?.count ?? 0) + 1 };
        else if (events.isInPlace) index.add({ id, offset, length: data.length });
        else index.add({ id, ...(await (copy ??= await CopiedEvents.make()).add(event)) });
      }
      return new ResendFile(handle, copy, index, unreadable, idOf);
    } catch (error) {
      await handle.close();
      await copy?.close();
      throw error;
    }
  }

  /** Reads an event. @throws RetryableError if the file has another event in this place by now. */
  async read({ id, offset, length }: Place): Promise<HeldEvent> {
    const bytes = Buffer.alloc(length);
    await (this.copy?.handle ?? this.handle).read(bytes, 0, length, offset);
    const event = this.copy ? decodeCopy(bytes) : { data: bytes };
    if (this.idOf(event) !== id) throw new RetryableError('the file has changed since it was indexed: start again');
    return event;
  }

  async close(): Promise<void> {
    await this.handle.close();
    await this.copy?.close();
  }
}

/** Events in a temporary file, one behind the other. */
class CopiedEvents {
  readonly handle: FileHandle;
  private readonly directory: string;
  private length = 0;

  private constructor(directory: string, handle: FileHandle) {
    this.directory = directory;
    this.handle = handle;
  }

  static async make(): Promise<CopiedEvents> {
    const directory = await mkdtemp(join(tmpdir(), 'eventmend.respond.'));
    return new CopiedEvents(directory, await open(join(directory, 'events'), 'wx+', 0o600));
  }

  /** @returns The position of the event in the file. */
  async add(event: HeldEvent): Promise<Omit<Place, 'id'>> {
    const bytes = encodeCopy(event);
    const position = { offset: this.length, length: bytes.length };
    await this.handle.writeFile(bytes);
    this.length += bytes.length;
    return position;
  }

  async close(): Promise<void> {
    await this.handle.close();
    await rm(this.directory, { recursive: true });
  }
}

/** Writes an event with a line of JSON in front, which has its attributes and its ordering key. */
function encodeCopy({ data, ...message }: HeldEvent): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(message)}\n`), data]);
}

function decodeCopy(bytes: Buffer): HeldEvent {
  const end = bytes.indexOf(newline);
  const message = JSON.parse(bytes.subarray(0, end).toString()) as Omit<HeldEvent, 'data'>;
  return { ...message, data: bytes.subarray(end + 1) };
}
