import { readdir } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { clean } from '../../../cli/commands/clean.ts';
import { UsageError } from '../../../cli/command.ts';
import { openEvents } from '../../../cli/input/event-file.ts';
import { runClean } from '../../support/clean-run.ts';
import { Directory, runCommand } from '../../support/command-run.ts';

const directory = new Directory();

const cleaned = (content: string | Uint8Array, ...options: string[]) => runClean(directory, content, options);

function line(id: number, more = ''): string {
  const timestamp = new Date(Date.UTC(2025, 1, 9) + id * 60_000).toISOString().slice(0, 19);
  return `{"event_id":${id},"type":"LeadCreated","timestamp":"${timestamp}","valid":true${more}}`;
}

describe('a file of pulled messages', () => {
  function pulled(messageId: string, event: string, attributes = {}): object {
    return { ackId: 'x', message: { messageId, attributes, data: Buffer.from(event).toString('base64') } };
  }

  test('is cleaned in the streams that its messages name, and by --stream where they name none', async () => {
    const file = [
      pulled('7', line(1), { stream: 'shop' }),
      pulled('8', line(3), { stream: 'shop' }),
      pulled('9', line(5)),
    ];
    const { out, summary } = await cleaned(JSON.stringify(file), '--stream', 'rest', '--infer', 'off');
    expect(out).toEqual([line(1), line(3), line(5)]);
    expect(summary.gaps).toEqual([{ stream: 'shop', from: 2, to: 2, state: 'open', missing: 1 }]);
  });

  test('has one event where a message was pulled twice, and a duplicate where it was published twice', async () => {
    const file = [pulled('7', line(1)), pulled('7', line(1)), pulled('8', line(1))];
    const { summary } = await cleaned(JSON.stringify(file));
    expect(summary).toMatchObject({ received: 3, cleaned: 1, dropped: 1, duplicates: 1 });
  });
});

describe('a file in which something is wrong', () => {
  test('has a dead letter for a row with another number of cells than the header', async () => {
    const { letters, out, summary, code } = await cleaned('event_id,type,timestamp\n1,A,2025-02-09T12:00:00\n2,A\n');
    expect(letters).toEqual([
      {
        code: 'ERR_UNDECODABLE',
        stage: 'validate',
        detail: '2 cells, where the header has 3',
        line: 3,
        stream: 'default',
        original: '2,A',
      },
    ]);
    expect([code, out.length, summary.received, summary.deadLettered]).toEqual([0, 1, 2, 1]);
  });

  test('that is compressed and cut off has the events in front of the cut, and exit code 1', async () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => line(i + 1, `,"a":"${(i * 7_919) % 10_007}"`));
    const file = await directory.write('cut.gz', gzipSync(lines.join('\n')).subarray(0, 12_000));
    const { code, stdout, stderr } = await runCommand(clean, [file, '--json']);
    const { received, cleaned: clear } = JSON.parse(stdout) as { received: number; cleaned: number };
    expect([code, stderr]).toEqual([1, `eventmend: ${file}: the gzip data ends too early: the file is cut off\n`]);
    expect(received).toBeGreaterThan(500);
    expect(clear).toBe(received - 1);
  });

  test('that ends in the middle of an event has a letter for it, and says so', async () => {
    const file = await directory.write('cut', `${line(1)}\n${line(2)}\n${line(3).slice(0, 20)}`);
    const { code, stdout } = await runCommand(clean, [file]);
    expect(code).toBe(0);
    expect(stdout).toContain('the file ends in the middle of the event that begins on line 3: is it cut off?');
  });

  test('has a dead letter for a line of 20 MB that is not JSON', async () => {
    const { letters, out } = await cleaned(`${line(1)}\n{"a":"${'x'.repeat(20_000_000)}\n${line(2)}\n`);
    expect(out).toEqual([line(1), line(2)]);
    expect(letters.map(({ line: at, original }) => [at, original?.length])).toEqual([[2, 20_000_006]]);
  });

  test('is refused before the outputs are opened, if it holds no text', async () => {
    const file = await directory.write('in.parquet', 'PAR1\x15\x04\x15\x10');
    const out = await directory.write('kept', 'as it was\n');
    await expect(runCommand(clean, [file, '--out', out])).rejects.toThrow(
      new UsageError(`${file} looks like a Parquet file: export it as newline-delimited JSON`),
    );
    expect(await directory.lines('kept')).toEqual(['as it was']);
  });
});

describe('a run that ends early', () => {
  test('by Ctrl-C leaves the outputs as they were, and nothing beside them', async () => {
    const out = await directory.write('kept-out', 'as it was\n');
    const ending = new AbortController();
    async function* input(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${line(1)}\n`.repeat(2_000));
      ending.abort();
      await new Promise(() => undefined);
    }
    const run = clean.run(['-', '--out', out], {
      stdin: Readable.from(input()),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      env: {},
      signal: ending.signal,
    });
    await expect(run).rejects.toThrow(/abort/i);
    expect(await directory.lines('kept-out')).toEqual(['as it was']);
    expect((await readdir(directory.file('.'))).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('by a full disk says so', async () => {
    const file = await directory.write('in', `${line(1)}\n`);
    await expect(runCommand(clean, [file, '--out', '/dev/full'])).rejects.toThrow('no space is left on the disk');
  });
});

describe('the exit code', () => {
  test.each([
    ['0 if half of the events are refused', [line(1), 'no', line(2), 'no'], 0],
    ['3 if more than half of the events are refused', [line(1), 'no', 'no'], 3],
    ['0 if most events are duplicates, of which a copy is kept', [line(1), line(1), line(1)], 0],
  ])('is %s', async (_, lines, code) => {
    expect((await cleaned(lines.join('\n'))).code).toBe(code);
  });
});

describe('--at', () => {
  test('names the array of events', async () => {
    expect((await cleaned(`{"page":1,"events":[${line(1)}]}`, '--at', '/events')).out).toEqual([line(1)]);
  });

  test('that leads nowhere ends with exit code 2, and names what there is', async () => {
    const file = await directory.write('wrapped', '{"data":[],"next":null}');
    const { code, stderr } = await runCommand(clean, [file, '--at', '/events']);
    expect(code).toBe(2);
    expect(stderr).toContain('--at /events leads to no array or object in the value on line 1 (it has data, next)');
  });

  test('is a JSON Pointer', async () => {
    await expect(runCommand(clean, ['-', '--at', 'events'])).rejects.toThrow('--at /events');
  });
});

test('an array of 100,000 events in one line is read one after another', async () => {
  async function* file(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 1_000; i++) yield Buffer.from(`${i === 0 ? '[' : ','}${'{"a":1},'.repeat(99)}{"a":1}`);
    yield Buffer.from(']');
    await Promise.resolve();
  }
  let count = 0;
  for await (const { data } of await openEvents(file(), { name: 'f' })) count += data.length === 7 ? 1 : 0;
  expect(count).toBe(100_000);
});
