import { open, type FileHandle } from 'node:fs/promises';
import { readableEventId } from '../../shared/event.ts';
import { readJsonObject } from '../../shared/json.ts';
import { UsageError } from '../command.ts';
import { RetryableError } from '../../shared/errors.ts';
import { readRecords } from '../records.ts';
import { IdIndex, type Place } from './id-index.ts';

/** A file of events, of which only the ids are kept in memory, and where each event stands. */
export class ResendFile {
  readonly index: IdIndex;
  /** What has no id that can be read, and so cannot be asked for: how much, and the line of the first. */
  readonly unreadable: { readonly count: number; readonly firstLine: number } | undefined;
  private readonly handle: FileHandle;

  private constructor(handle: FileHandle, index: IdIndex, unreadable: ResendFile['unreadable']) {
    this.handle = handle;
    this.index = index;
    this.unreadable = unreadable;
  }

  /** Reads a file once from end to end. @throws UsageError for what cannot be read a second time, such as a pipe. */
  static async open(path: string): Promise<ResendFile> {
    const handle = await open(path);
    try {
      if (!(await handle.stat()).isFile()) throw new UsageError(`${path} is no file that can be read again`);
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

  /** The bytes of an event, as they stand in the file. @throws RetryableError if another stands there by now. */
  async read({ id, offset, length }: Place): Promise<Buffer> {
    const data = Buffer.alloc(length);
    await this.handle.read(data, 0, length, offset);
    if (idOf(data) !== id)
      throw new RetryableError('the file has changed since its events were looked up: start again');
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
