import { link, readFile, symlink } from 'node:fs/promises';
import { clean } from '../../../cli/commands/clean.ts';
import { UsageError } from '../../../cli/command.ts';
import { boldCatalog, runClean } from '../../support/clean-run.ts';
import { Directory, runCommand } from '../../support/command-run.ts';

const directory = new Directory();

/** An event of a minute of its own, a text. */
function line(id: number, more = ''): string {
  const timestamp = new Date(Date.UTC(2025, 1, 9) + id * 60_000).toISOString().slice(0, 19);
  return `{"event_id":${id},"type":"LeadCreated","timestamp":"${timestamp}","valid":true${more}}`;
}

const cleaned = (content: string | Uint8Array, ...options: string[]) => runClean(directory, content, options);

describe('clean events', () => {
  test('come out byte for byte, in the order in which they came in', async () => {
    const lines = [
      line(1, ',"a":1e400'),
      line(2, ', "b" : 9007199254740993'),
      line(3, ',"c":1.0,"d":-0,"é":"\\u00e9"'),
    ];
    const { out, code, summary } = await cleaned(lines.join('\n'));
    expect([code, out]).toEqual([0, lines]);
    expect(summary).toMatchObject({ received: 3, cleaned: 3, reconstructed: 0, deadLettered: 0, gaps: [] });
  });

  test('come out in one line each, where they came in several', async () => {
    const { out } = await cleaned(`[\n  {\n    "event_id": 1,\n${line(1).slice('{"event_id":1,'.length)}\n]\n`);
    expect(out).toHaveLength(1);
    expect(JSON.parse(out[0]!)).toEqual(JSON.parse(line(1)));
  });

  test('get the member `valid` if it was missing, and a note of that repair', async () => {
    const { out } = await cleaned(line(1, ',"a":1.0').replace(',"valid":true', ''));
    expect(out).toEqual([
      line(1, ',"a":1.0')
        .replace(',"valid":true', '')
        .replace('}', ',"valid":true,"_eventmend":{"origin":"producer","repaired":"valid"}}'),
    ]);
  });

  test('are followed by what was reconstructed, which says so', async () => {
    const lines = [1, 2, 4, 5].map((id) => line(id));
    const { out, summary } = await cleaned(lines.join('\n'), '--min-confidence', '0');
    expect(out.slice(0, 4)).toEqual(lines);
    expect(out.slice(4).map((text) => JSON.parse(text) as object)).toEqual([
      {
        event_id: 3,
        type: 'LeadCreated',
        timestamp: '2025-02-09T00:03:00',
        valid: true,
        _eventmend: {
          neighbours: { previous: 2, next: 4 },
          typeConfidence: 0.8,
          existed: { confidence: 0.9901, answers: { originals: 0, voids: 0 }, assumed: { originals: 10, voids: 0.1 } },
          origin: 'reconstructed',
          confidence: 0.7921,
          method: 'context',
        },
      },
    ]);
    expect(summary).toMatchObject({ cleaned: 5, reconstructed: 1, gaps: [{ from: 3, to: 3, state: 'reconstructed' }] });
  });

  test('are followed by inferences that clocks ahead of the present do not move, even if most are', async () => {
    const lines = [1, 2, 4, 5, 6, 7].map((id) => (id > 2 && id < 7 ? line(id).replace('2025', '2099') : line(id)));
    const { out } = await cleaned(lines.join('\n'), '--min-confidence', '0');
    expect(JSON.parse(out.at(-1)!)).toMatchObject({ event_id: 3, timestamp: '2025-02-09T00:03:00' });
  });

  test('are not followed by inferences of less confidence than the catalog asks for', async () => {
    const { out, summary } = await cleaned([1, 2, 4, 5].map((id) => line(id)).join('\n'));
    expect(out).toHaveLength(4);
    expect(summary).toMatchObject({ reconstructed: 0, gaps: [{ from: 3, to: 3, state: 'abandoned' }] });
  });

  test('are all that comes out where nothing is to be inferred: gaps are listed, and stay open', async () => {
    const lines = [1, 2, 4, 7].map((id) => line(id));
    const { out, summary, letters } = await cleaned(lines.join('\n'), '--infer', 'off');
    expect(out).toEqual(lines);
    expect(letters).toEqual([]);
    expect(summary.reconstructed).toBe(0);
    expect(summary.gaps).toEqual([
      { from: 3, to: 3, state: 'open', missing: 1 },
      { from: 5, to: 6, state: 'open', missing: 2 },
    ]);
  });

  test('are followed by a line that says what the numbers look like, also where nothing is to be inferred', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => 1 + 2 * i).filter((id) => id !== 21);
    const { summary } = await cleaned(ids.map((id) => line(id)).join('\n'), '--infer', 'off');
    const why = expect.stringMatching(/^the numbers around have holes: .* do ids grow by 2\?$/) as string;
    const gap = { from: 2, to: 38, state: 'open', missing: 20, why, isDoubtful: true };
    const unexplained = [{ from: 21, to: 21 }];
    expect(summary.gaps).toMatchObject([{ ...gap, unexplained }]);
    const { holes = [] } = summary.gaps[0] ?? {};
    expect(holes).toHaveLength(18);
    expect(holes).toContainEqual({ from: 20, to: 22 });
  });
});

describe('the gaps of a file', () => {
  // Up to 99 every second id is missing. Above, only 1300 is.
  const lines = [
    ...Array.from({ length: 50 }, (_, i) => 1 + 2 * i),
    ...Array.from({ length: 1_300 }, (_, i) => 101 + i),
  ]
    .filter((id) => id !== 1_300)
    .map((id) => line(id));

  test.each(['on', 'off'])('are told apart from losses if they are doubtful, with --infer %s', async (infer) => {
    const { summary } = await cleaned(lines.join('\n'), '--infer', infer);
    expect(summary.gaps.filter(({ isDoubtful }) => isDoubtful)).toMatchObject([{ from: 2, to: 100, missing: 50 }]);
    expect(summary.gaps.filter(({ isDoubtful }) => !isDoubtful)).toMatchObject([{ from: 1_300, to: 1_300 }]);
  });

  test('are printed as losses and as doubtful ones, with what to do', async () => {
    const file = await directory.write('in', lines.join('\n'));
    const { stdout } = await runCommand(clean, [file, '--infer', 'off']);
    expect(stdout).toMatch(/^ *missing +ids +state\n.*\n *1300 +1 +open$/m);
    expect(stdout).toMatch(/^ *doubtful +ids +state +the numbers around have holes\n.*\n *2–100 +50 +open +/m);
    expect(stdout).toContain('set numbering: { step: n }');
  });

  test('do not have the events off the step of their stream, which are counted', async () => {
    const catalog = await directory.write(
      'step.mjs',
      'export const catalog = { streams: { default: { numbering: { step: 10 } } } };',
    );
    const ids = [...Array.from({ length: 30 }, (_, i) => 10 + 10 * i), 33, 47];
    const { summary } = await cleaned(ids.map((id) => line(id)).join('\n'), '--catalog', catalog);
    expect(summary).toMatchObject({ cleaned: 32, gaps: [], offStep: [{ step: 10, count: 2, ids: [33, 47] }] });
  });
});

describe('a dead letter', () => {
  test('has its reason, its line in the file, its stream, and the original', async () => {
    const wrong = line(3).replace('"type":"LeadCreated",', '');
    const { letters, summary, code } = await cleaned(`${line(1)}\n\n${line(2)}\n${wrong}\n`, '--stream', 'orders');
    expect(letters).toEqual([
      {
        code: 'ERR_INVALID_EVENT',
        stage: 'validate',
        detail: 'type: missing; a text of at most 128 characters that is not blank is accepted',
        line: 4,
        stream: 'orders',
        original: wrong,
      },
    ]);
    expect(code).toBe(0);
    expect(summary).toMatchObject({ received: 3, cleaned: 2, deadLettered: 1, byCode: { ERR_INVALID_EVENT: 1 } });
  });

  test.each([
    ['that is not JSON', Buffer.from('{"event_id":2,'), { original: '{"event_id":2,' }],
    ['that is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), { originalBase64: 'e/99' }],
  ])('of a line %s has all of it', async (_, broken, original) => {
    const file = Buffer.concat([Buffer.from(`${line(1)}\n`), broken, Buffer.from(`\n${line(2)}\n`)]);
    const { letters, out } = await cleaned(file);
    expect(letters).toMatchObject([{ code: 'ERR_UNDECODABLE', stage: 'validate', line: 2, ...original }]);
    expect(out).toEqual([line(1), line(2)]);
  });

  test('of a line that is too large for a message has all of it', async () => {
    const large = line(1, `,"a":"${'x'.repeat(9_000_000)}"`);
    const { letters } = await cleaned(`${large}\n`);
    expect(letters).toMatchObject([{ code: 'ERR_TOO_LARGE', line: 1 }]);
    expect(letters[0]?.original === large).toBe(true);
  });

  test('of a line that is too large does not stop the lines after it', async () => {
    const lines = [line(1), line(2, `,"a":"${'x'.repeat(9_000_000)}"`), line(3), 'junk', line(4)];
    const { letters, out, summary } = await cleaned(lines.join('\n'));
    expect(out).toEqual([line(1), line(3), line(4)]);
    expect(letters.map((letter) => letter.line)).toEqual([2, 4]);
    expect(summary).toMatchObject({ received: 5, cleaned: 3, deadLettered: 2 });
  });

  test('of a copy, and of another content under the same key, names the line of the later one', async () => {
    const { letters, summary } = await cleaned([line(1), line(1), line(1, ',"a":1')].join('\n'));
    expect(letters.map(({ code, line: at }) => [code, at])).toEqual([
      ['ERR_DUPLICATE', 2],
      ['ERR_CONFLICT', 3],
    ]);
    expect(summary).toMatchObject({ duplicates: 1, conflicts: 1, deadLettered: 2 });
  });

  test('of a gap that cannot be inferred is of no line, and counts for none', async () => {
    const money = (id: number): string => line(id).replace('LeadCreated', 'Transaction');
    const lines = [money(1), money(2), money(4)];
    const { letters, summary, code } = await cleaned(lines.join('\n'), ...(await boldCatalog(directory)));
    expect(letters).toMatchObject([
      { code: 'ERR_GAP_UNRECOVERABLE', line: null, detail: 'the catalog does not allow to infer its type: 3' },
    ]);
    expect(JSON.parse(letters[0]!.original!)).toMatchObject({ from: 3, to: 3 });
    expect(summary).toMatchObject({ received: 3, cleaned: 3, deadLettered: 0, byCode: { ERR_GAP_UNRECOVERABLE: 1 } });
    expect([code, summary.gaps]).toEqual([
      0,
      [{ from: 3, to: 3, state: 'abandoned', missing: 1, why: 'type-not-inferable' }],
    ]);
  });
});

describe('the catalog', () => {
  const threeOfFour = [line(1), line(2), line(4)].join('\n');

  test('asks for a confidence of 0.8 unless another is named, so that few events infer nothing', async () => {
    const { summary } = await cleaned(threeOfFour);
    expect(summary).toMatchObject({ reconstructed: 0, gaps: [{ from: 3, state: 'abandoned' }] });
  });

  test('of one’s own decides how sure an inference must be, and which data fits', async () => {
    const file = await directory.write(
      'mine.ts',
      `import { defineCatalog, z } from 'eventmend/catalog';
      export const catalog = defineCatalog({
        types: { LeadCreated: { payload: z.object({ name: z.string() }).optional() } },
        streams: { default: { minConfidence: 0.5 } },
      });`,
    );
    const lines = [threeOfFour, line(5, ',"data":{"name":7}')].join('\n');
    const byOption = await cleaned(lines, '--catalog', file);
    expect(byOption.summary).toMatchObject({ byCode: { ERR_INVALID_PAYLOAD: 1 } });
    const input = await directory.write('in', lines);
    const byEnvironment = await runCommand(clean, [input, '--json'], [], { EVENTMEND_CATALOG: file });
    expect(JSON.parse(byEnvironment.stdout)).toEqual(byOption.summary);
  });

  test('that is refused ends the command before it reads or writes a file', async () => {
    const catalog = await directory.write('strict.mjs', "export const catalog = { unknownTypes: 'strickt' };");
    const out = await directory.write('kept', 'as it was\n');
    const run = runCommand(clean, [directory.file('nowhere.ndjson'), '--out', out, '--catalog', catalog]);
    await expect(run).rejects.toThrow(
      / is refused:\n {2}- unknownTypes is "strickt"; it must be one of 'pass', 'strict'$/,
    );
    await expect(run).rejects.toThrow(UsageError);
    expect(await directory.lines('kept')).toEqual(['as it was']);
  });
});

describe('what is read', () => {
  const texts = [line(1), line(2)];

  test.each([
    ['lines', texts.join('\n')],
    ['one array', `[${texts.join(',')}]`],
    ['one array, pretty-printed', `[\n  ${texts.join(',\n  ')}\n]\n`],
    ['lines with a byte order mark', `\ufeff${texts.join('\r\n')}\r\n`],
  ])('may be %s', async (_, content) => {
    expect((await cleaned(content)).out).toEqual(texts);
  });

  test('may be standard input, in any chunks', async () => {
    const input = [...Buffer.from(`${texts.join('\n')}\n`)].map((byte) => Buffer.from([byte]));
    const { stdout, code } = await runCommand(clean, ['-', '--json'], input);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { received: 2, cleaned: 2 }]);
  });

  test('may be nothing at all', async () => {
    const { code, summary, out, letters } = await cleaned('');
    expect([code, summary.received, out, letters]).toEqual([0, 0, [], []]);
  });
});

describe('what is printed', () => {
  test('as JSON is one line of JSON, and nothing else anywhere', async () => {
    const file = await directory.write('in', `${line(1)}\n${line(1)}\n${line(3)}\n`);
    const { stdout, stderr } = await runCommand(clean, [file, '--json', '--min-confidence', '0']);
    expect(stderr).toBe('');
    expect(stdout.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({
      reading: { form: 'one JSON event a line' },
      received: 3,
      cleaned: 3,
      reconstructed: 1,
      duplicates: 1,
      conflicts: 0,
      deadLettered: 1,
      applied: 0,
      dropped: 0,
      otherContent: 0,
      revisions: 0,
      revisionRuns: [],
      pending: 0,
      gaps: [{ from: 2, to: 2, state: 'reconstructed', missing: 1, inferred: 1 }],
      outliers: [],
      offStep: [],
      byCode: { ERR_DUPLICATE: 1 },
      reasons: [{ code: 'ERR_DUPLICATE', detail: 'same key and content', letters: 1, firstLine: 2 }],
    });
  });

  test('for a person is a table, without colours where there is no terminal', async () => {
    const file = await directory.write('in', `${line(1)}\n${line(1)}\n`);
    const { stdout, stderr } = await runCommand(clean, [file]);
    expect(stdout).toMatch(/received +2\n/);
    expect(stdout).toMatch(/cleaned +1\n/);
    expect(stdout).toMatch(/ERR_DUPLICATE +1 +2 {2}same key and content\n/);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toBe('');
  });

  test('has no warning about the only id of a stream, which is far from none', async () => {
    const one = await directory.write('in', `${line(7)}\n`);
    expect((await runCommand(clean, [one])).stdout).not.toContain('far from all others');
    const two = await directory.write('in', `${line(7)}\n${line(900_000)}\n`);
    expect((await runCommand(clean, [two])).stdout).toContain('2 ids far from all others: 7, 900000');
  });

  test('is the problem alone if nothing of the file can be read', async () => {
    const file = await directory.write('in', '{"a":1}');
    const { code, stdout, stderr } = await runCommand(clean, [file, '--at', '/events']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--at /events leads to no array');
  });

  test('are the clean events alone, where they go to standard output: the table goes to standard error', async () => {
    const file = await directory.write('in', `${line(1)}\n${line(2)}\n`);
    const { stdout, stderr } = await runCommand(clean, [file, '--out', '-']);
    expect(stdout).toBe(`${line(1)}\n${line(2)}\n`);
    expect(stderr).toMatch(/received +2\n/);
  });
});

describe('wrong arguments are refused', () => {
  test.each([
    ['no file', []],
    ['two files', ['a', 'b']],
    ['a stream that is none', ['-', '--stream', 'a/b']],
    ['a stream of too many letters', ['-', '--stream', 'x'.repeat(129)]],
    ['neither on nor off', ['-', '--infer', 'maybe']],
    ['JSON and the clean events on one output', ['-', '--json', '--out', '-']],
    ['JSON and the dead letters on one output', ['-', '--json', '--dead-letters', '-']],
    ['clean events and dead letters on one output', ['-', '--out', '-', '--dead-letters', '-']],
  ])('%s', async (_, argv) => {
    await expect(runCommand(clean, argv)).rejects.toThrow(UsageError);
  });

  test.each(['out', 'dead-letters'])('--%s into the file that is read, which stays as it is', async (option) => {
    const file = await directory.write('precious', `${line(1)}\n`);
    await symlink(file, directory.file(`symbolic-${option}`));
    await link(file, directory.file(`hard-${option}`));
    const others = [file, directory.file(`symbolic-${option}`), directory.file(`hard-${option}`)];
    for (const other of others) {
      await expect(runCommand(clean, [file, `--${option}`, other])).rejects.toThrow(UsageError);
      expect(await readFile(file, 'utf8')).toBe(`${line(1)}\n`);
    }
  });

  test('clean events and dead letters into one file, however it is spelt', async () => {
    const file = await directory.write('in', `${line(1)}\n`);
    const [out, same] = [directory.file('both'), directory.file('.').concat('/./both')];
    await expect(runCommand(clean, [file, '--out', out, '--dead-letters', out])).rejects.toThrow(UsageError);
    await expect(runCommand(clean, [file, '--out', out, '--dead-letters', same])).rejects.toThrow(UsageError);
  });

  test('before anything is emptied', async () => {
    const file = await directory.write('in', `${line(1)}\n`);
    const out = await directory.write('kept', 'as it was\n');
    await expect(runCommand(clean, [file, '--out', out, '--dead-letters', file])).rejects.toThrow(UsageError);
    await expect(runCommand(clean, [directory.file('absent'), '--out', out])).rejects.toThrow('there is no such file');
    await expect(runCommand(clean, [directory.file('.'), '--out', out])).rejects.toThrow('is a directory');
    expect(await readFile(out, 'utf8')).toBe('as it was\n');
  });
});
