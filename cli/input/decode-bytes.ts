import { createGunzip } from 'node:zlib';
import { InputError } from './input-record.ts';

/** The most bytes that are decompressed at once. They become at most a thousand times as many. */
const sliceBytes = 16_384;

/**
 * Decompresses gzip, of one member or several.
 *
 * @throws InputError after the last byte that can be read, if the file is cut off or damaged.
 */
export async function* gunzipChunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip();
  const decompressed: Buffer[] = [];
  stream.on('data', (part: Buffer) => decompressed.push(part));
  const failed = new Promise<NodeJS.ErrnoException>((resolve) => stream.on('error', resolve));
  try {
    let failure: NodeJS.ErrnoException | undefined;
    for await (const slice of slicesOf(chunks)) {
      failure = await Promise.race([passed((done) => stream.write(slice, done)), failed]);
      yield* decompressed.splice(0);
      if (failure) break;
    }
    failure ??= await Promise.race([passed((done) => stream.once('end', done).end()), failed]);
    yield* decompressed.splice(0);
    if (failure) throw new InputError(`the gzip data ${spellFailure(failure)}`, { cause: failure });
  } finally {
    stream.destroy();
  }
}

function passed(start: (done: () => void) => void): Promise<undefined> {
  return new Promise((resolve) => {
    start(() => {
      resolve(undefined);
    });
  });
}

async function* slicesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += sliceBytes) yield chunk.subarray(at, at + sliceBytes);
}

function spellFailure({ code, message }: NodeJS.ErrnoException): string {
  return code === 'Z_BUF_ERROR' ? 'ends too early: the file is cut off' : `is damaged: ${message}`;
}

/** Turns UTF-16 with a byte order mark into UTF-8. @throws InputError at a byte that is no UTF-16. */
export async function* decodeUtf16(chunks: AsyncIterable<Buffer>, order: 'le' | 'be'): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(`utf-16${order}`, { fatal: true });
  try {
    for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    yield Buffer.from(decoder.decode());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new InputError('the text is not valid UTF-16', { cause: error });
    throw error;
  }
}
