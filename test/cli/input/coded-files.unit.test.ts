import { gzipSync } from 'node:zlib';
import { UsageError } from '../../../cli/command.ts';
import { openEvents } from '../../../cli/input/event-file.ts';
import { InputError } from '../../../cli/input/input-record.ts';

const lines = ['{"a":1}', '{"b":"é"}', '{"c":3}'];
const text = lines.join('\n');

interface Read {
  readonly texts: readonly string[];
  readonly form: string;
  readonly error?: unknown;
}

/** Reads a file in chunks of some bytes. */
async function read(file: Uint8Array, chunkBytes = 7): Promise<Read> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < file.length; at += chunkBytes) yield file.subarray(at, at + chunkBytes);
    await Promise.resolve();
  }
  const events = await openEvents(chunks(), { name: 'events.bin' });
  const texts: string[] = [];
  try {
    for await (const { data, problem } of events) if (problem === undefined) texts.push(data.toString());
  } catch (error) {
    return { texts, form: events.form, error };
  }
  return { texts, form: events.form };
}

describe('a file that is compressed with gzip', () => {
  test('is read, whatever its name is', async () => {
    expect(await read(gzipSync(text))).toEqual({ texts: lines, form: 'one JSON event a line, gzip' });
  });

  test('may have several members', async () => {
    const members = lines.map((line) => gzipSync(`${line}\n`));
    expect((await read(Buffer.concat(members))).texts).toEqual(lines);
  });

  const many = Array.from({ length: 5_000 }, (_, i) => `{"n":${i},"random":"${(i * 7_919) % 10_007}"}`);

  test('that is cut off says so, and has the events in front of the cut', async () => {
    const file = gzipSync(many.join('\n'));
    const { texts, error } = await read(file.subarray(0, file.length / 2), 4_096);
    expect(error).toEqual(new InputError('the gzip data ends too early: the file is cut off'));
    expect(texts.length).toBeGreaterThan(1_000);
    expect(texts).toEqual(many.slice(0, texts.length));
  });

  test('that is cut off in its first bytes says so as well', async () => {
    expect((await read(gzipSync(text).subarray(0, 15))).error).toBeInstanceOf(InputError);
  });

  test('that is damaged says so, and does not wait for ever', async () => {
    const file = Buffer.from(gzipSync(many.join('\n')));
    file.fill(0xff, 9_000, 9_100);
    const { error } = await read(file, 4_096);
    expect(String(error)).toContain('the gzip data is damaged');
  });

  test('that has other bytes behind its end is damaged: they may have been events', async () => {
    const { error } = await read(Buffer.concat([gzipSync(`${text}\n`), Buffer.from('{"d":4}\n')]), 1_000);
    expect(String(error)).toContain('the gzip data is damaged');
  });

  test('and twice so is refused', async () => {
    await expect(read(gzipSync(gzipSync(text)))).rejects.toThrow(
      new UsageError('events.bin looks like compressed twice with gzip: use gunzip first'),
    );
  });

  test('and is a gigabyte without an event ends at 64 MB', async () => {
    const part = gzipSync(Buffer.alloc(32 * 1_024 * 1_024, 'x'));
    const { error } = await read(Buffer.concat(Array.from({ length: 32 }, () => part)), 65_536);
    expect(String(error)).toContain('the event that begins on line 1 has no end within 64 MB');
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(400_000_000);
  });
});

describe('a file of UTF-16', () => {
  function encoded(order: 'le' | 'be', mark = '\ufeff'): Buffer {
    const bytes = Buffer.from(`${mark}${text}\r\n`, 'utf16le');
    return order === 'le' ? bytes : bytes.swap16();
  }

  test.each(['le', 'be'] as const)('with a byte order mark is read: %s', async (order) => {
    expect(await read(encoded(order))).toEqual({ texts: lines, form: 'one JSON event a line, UTF-16' });
  });

  test.each(['le', 'be'] as const)('without one is refused with the way to convert it: %s', async (order) => {
    await expect(read(encoded(order, ''))).rejects.toThrow(
      `UTF-16 text without a byte order mark: convert it with iconv -f UTF-16${order.toUpperCase()} -t UTF-8`,
    );
  });

  test('that ends in half a character says so', async () => {
    const { texts, error } = await read(encoded('le').subarray(0, -1));
    expect(error).toEqual(new InputError('the text is not valid UTF-16'));
    expect(texts).toEqual(lines.slice(0, texts.length));
  });
});

describe('a file that holds no text is refused in one line, which says what it looks like and what to do:', () => {
  test.each([
    ['Avro', 'Obj\x01\x04\x14avro.codec', 'an Avro file: export it as newline-delimited JSON'],
    ['Parquet', 'PAR1\x15\x04', 'a Parquet file'],
    ['zip and Excel', 'PK\x03\x04\x14\0', 'a zip archive or an Excel workbook: unzip it, or save the sheet as CSV'],
    ['zstd', '\x28\xb5\x2f\xfd\x04', 'compressed with zstd: use unzstd first'],
    ['bzip2', 'BZh91AY', 'compressed with bzip2'],
    ['a tar archive', `events.ndjson${'\0'.repeat(244)}ustar`, 'a tar archive'],
    ['XML', '<?xml version="1.0"?>\n<events/>', 'XML or HTML'],
    ['protobuf', '\x08\xe9\x07\x12\x0bLeadCreated\0', 'binary data, such as protobuf'],
  ])('%s', async (_, begun, expected) => {
    const refused = read(Buffer.from(begun, 'latin1'));
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(`events.bin looks like ${expected}`);
  });

  test('but a line with a few control characters is a broken event among others', async () => {
    const junk = 'a line of a log with an escape \x1b[0m in it';
    expect((await read(Buffer.from(`${junk}\n${text}`))).texts).toEqual([junk, ...lines]);
  });
});
