import { open, type FileHandle } from 'node:fs/promises';
import { readableEventId } from '../../shared/event.ts';
import { readJsonObject } from '../../shared/json.ts';
import { UsageError } from '../command.ts';
import { RetryableError } from '../../shared/errors.ts';
import { readRecords } from '../records.ts';
import { IdIndex, type Place } from './id-index.ts';

/** A file of events. Only the id and the position of each event are kept in memory. */
export class ResendFile {
  readonly index: IdIndex;
  /** The events without a readable id, which no request can name: their number, and the line of the first. */
  readonly unreadable: { readonly count: number; readonly firstLine: number } | undefined;
  private readonly handle: FileHandle;

  private constructor(handle: FileHandle, index: IdIndex, unreadable: ResendFile['unreadable']) {
    this.handle = handle;
    this.index = index;
    this.unreadable = unreadable;
  }

  /** Opens a file and indexes its events. @throws UsageError if the file cannot be read a second time, such as a pipe. */
  static async open(path: string): Promise<ResendFile> {
    const handle = await open(path);
    try {
      if (!(await handle.stat()).isFile()) throw new UsageError(`${path} is not a file that can be read again`);
      const index = new IdIndex();
      let unreadable: ResendFile['unreadable'];
      const input = handle.createReadStream({ start: 0, autoClose: false }) as AsyncIterable<Buffer>;
      for await (const { data, line, offset } of readRecords(input)) {
        const id = idOf(data);
        if (id === undefined) unreadable = { firstLine: line, ...unreadable, count: (unreadable?.count ?? 0) + 1 };
        else index.add({ id, offset, length: data.length });
      }
      return new ResendFile(handle, index, unreadable);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Reads the bytes of an event. @throws RetryableError if the file has another event in this place by now. */
  async read({ id, offset, length }: Place): Promise<Buffer> {
    const data = Buffer.alloc(length);
    await this.handle.read(data, 0, length, offset);
    if (idOf(data) !== id) throw new RetryableError('the file has changed since it was indexed: start again');
    return data;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

function idOf(data: Buffer): number | undefined {
  const object = readJsonObject(data);
  return typeof object === 'string' ? undefined : readableEventId(object);
}
