import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { CommandError, UsageError } from '../../../cli/command.ts';
import { deadLetters } from '../../../cli/commands/dead-letters.ts';
import { status } from '../../../cli/commands/status.ts';
import { ConsoleClient } from '../../../cli/console/console-client.ts';
import { startConsoleServer, type ConsoleServer } from '../../../cli/local/console-server.ts';
import { makeConsole } from '../../../functions/console/handler.ts';
import type { ApiCaller } from '../../../shared/access.ts';
import { headOf } from '../../../shared/dead-letter/dead-letter.ts';
import { systemClock } from '../../../shared/gcp/clock.ts';
import { Directory, runCommand } from '../../support/command-run.ts';
import { anEventAt, noWaitSettings, Pipeline } from '../../support/pipeline.ts';

const files = new Directory();
const events = [
  anEventAt(1),
  { ...anEventAt(2), timestamp: 'noon', customer: 'Ana' },
  { ...anEventAt(3), type: undefined },
];
const repair = [{ op: 'replace', path: '/timestamp', value: '2025-02-09T00:02:00Z' }];

let pipeline: Pipeline;
let caller: ApiCaller;
let server: ConsoleServer;
/** The ids of the two letters: of event 2, and of event 3. */
let [second, third] = ['', ''];

beforeEach(async () => {
  caller = { name: 'ana', role: 'operator' };
  pipeline = new Pipeline({ catalog: { streams: { default: noWaitSettings }, personal: ['/customer'] } });
  for (const event of events) await pipeline.send(event);
  const letters = (await pipeline.runtime.letters.all()).map(headOf);
  [second, third] = [2, 3].map((eventId) => letters.find((one) => one.eventId === eventId)?.id ?? '') as [
    string,
    string,
  ];
  const clock = { ...systemClock, now: () => pipeline.runtime.clock.now() };
  const deps = pipeline.runtime.consoleDeps({ clock, callers: { identify: () => Promise.resolve(caller) } });
  const publisher = {
    publish: async (...message: Parameters<typeof deps.publisher.publish>) => {
      await deps.publisher.publish(...message);
      // The mark that the event is published is written a second later.
      void pipeline.runtime.drain().then(() => {
        pipeline.runtime.clock.advance(2_000);
      });
    },
  };
  server = await startConsoleServer({ console: makeConsole({ ...deps, publisher }), port: 0 });
});
afterEach(() => server.close());

const run = (command: typeof status, ...argv: readonly string[]) =>
  runCommand(command, argv, [], { EVENTMEND_CONSOLE: server.url });
const letters = (...argv: readonly string[]) => run(deadLetters, ...argv);
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

test('list shows the letters that a filter allows, as a table or as JSON', async () => {
  const { stdout } = await letters('list', '--stream', 'default', '--code', 'ERR_INVALID_EVENT');
  expect(stdout).toContain(second);
  expect(stdout).toContain('default/2');
  const listed = json((await letters('list', '--json', '--limit', '1')).stdout);
  expect(listed).toMatchObject({ letters: [{ code: 'ERR_INVALID_EVENT' }], next: expect.any(String) as unknown });
  const next = await letters('list', '--json', '--cursor', String(listed.next));
  const more = (await letters('list', '--limit', '1', '--text', 'ERR_')).stdout;
  expect(more).toContain(`\n  eventmend dead-letters list --text=ERR_ --limit=1 --cursor=${String(listed.next)}\n`);
  expect(json(next.stdout).letters).toHaveLength(1);
  for (const command of [['list'], ['export'], ['replay', '--all'], ['discard', '--all', '--note', 'a test']])
    await expect(letters(...command, '--stream', 'oders')).rejects.toThrow(
      'there is no stream oders: eventmend streams lists',
    );
});

test('show tells the history of a letter, and its message if it is asked for', async () => {
  const { stdout } = await letters('show', second, '--body');
  for (const text of [
    'default/2',
    'OPEN',
    'ERR_INVALID_EVENT',
    'archive: filed',
    '\n  attributes\n',
    '"timestamp":"noon"',
  ])
    expect(stdout).toContain(text);
  expect((await letters('show', second)).stdout).not.toContain('noon"');
  await expect(letters('show', 'none')).rejects.toThrow('there is no such dead letter: eventmend dead-letters list');
});

test('edit shows what differs and what becomes of it, and replay sends it: its event is published', async () => {
  const patch = await files.write('patch.json', JSON.stringify(repair));
  const dry = await letters('edit', second, '--patch', patch, '--dry-run');
  expect(dry.stdout).toContain('nothing was saved');
  const { code, stdout } = await letters('edit', second, '--patch', patch);
  expect([code, stdout.split('\n')[0]]).toEqual([0, '  /timestamp']);
  expect(stdout).toContain('VALID: becomes default/2');
  const long = JSON.stringify({ ...anEventAt(2), data: 'x'.repeat(9_000) });
  const cut = await letters(
    'edit',
    second,
    '--body',
    await files.write('long.json', long),
    '--set',
    'by=ana',
    '--dry-run',
  );
  expect(cut.stdout).toMatch(/\/data\n {4}\+ "x{399} … \(9\.0 kB in all\)\n/);
  expect(cut.stdout).toContain('  attribute by\n    + ana\n');
  const digits = '123456789012345678.10';
  const exact = await files.write('exact.json', `[{"op":"add","path":"/sum","value":${digits}}]`);
  await letters('edit', second, '--patch', exact);
  expect((await letters('show', second, '--body', '--draft')).stdout).toContain(`"sum":${digits}`);
  const sent = await letters('replay', second);
  expect([sent.code, sent.stdout]).toEqual([0, '  1 letter: 1 published\n']);
});

describe('edit in an editor', () => {
  const editWith = (script: string, ...options: readonly string[]) =>
    runCommand(deadLetters, ['edit', second, ...options], [], { EVENTMEND_CONSOLE: server.url, EDITOR: script });
  const draft = async () => (await letters('show', second, '--body', '--draft', '--unmask')).stdout;

  test('shows personal values only if they are asked for, and keeps those that it does not show', async () => {
    const edited = await editWith('sed -i "s/Ana/Bo/; s/noon/2025-02-09T00:02:00Z/"');
    expect([edited.code, edited.stdout]).toEqual([0, expect.stringContaining('VALID')]);
    expect(await draft()).toContain('"customer":"Ana"');
    await editWith('sed -i s/Ana/Bo/', '--unmask');
    expect(await draft()).toContain('"customer":"Bo"');
  });

  test('saves nothing if nothing was changed', async () => {
    expect((await editWith('true')).stdout).toBe('  nothing was changed\n');
  });

  test('keeps the text in a file if it cannot be saved, and names the file', async () => {
    const error = await editWith('sed -i s/noon/•••/').catch((thrown: unknown) => (thrown as Error).message);
    const file = /The text is kept in (\S+)$/.exec(error as string)?.[1] ?? '';
    expect(await readFile(file, 'utf8')).toContain('"timestamp":"•••"');
    await rm(dirname(file), { recursive: true });
  });
});

test('edit saves what is invalid, too, and exits with 3', async () => {
  const whole = await files.write('whole.json', '{"event_id": 2}');
  const { code, stdout } = await letters('edit', second, '--body', whole, '--set', 'note=by hand');
  expect([code, stdout]).toEqual([3, expect.stringContaining('INVALID: ERR_INVALID_EVENT')]);
});

test('replay sends nothing that would be refused again, exits with 3, and its counts add up', async () => {
  const dry = await letters('replay', second, third, '--dry-run');
  expect([dry.code, dry.stdout]).toEqual([3, expect.stringContaining('2 letters: 2 invalid')]);
  expect(dry.stdout).toContain('ERR_INVALID_EVENT timestamp');
  const { code, stdout } = await letters('replay', second, third, second, 'none', '--json');
  expect([code, json(stdout).counts]).toEqual([3, { matched: 3, invalid: 2, skipped: 1 }]);
});

test.each([
  [['replay', '--patch', 'p.json'], '--patch does nothing without --all'],
  [['discard', '--note', 'a test', '--code', 'ERR_STALE', '--first', '3'], '--code, --first do nothing without --all'],
  [['reopen', '--all', '--if-revision', '2'], '--if-revision does nothing with --all'],
  [['replay', '--all', '--forgotten', '--no-wait'], '--forgotten, --no-wait do nothing with --all'],
])('no option is ignored: %j', async (argv, problem) => {
  const ids = argv.includes('--all') ? [] : [second];
  await expect(letters(...argv, ...ids)).rejects.toThrow(problem);
  expect((await letters('list', '--state', 'open')).stdout).toContain(second);
});

test('show says of a conflict whether the event that the store holds is published', async () => {
  await pipeline.send({ ...events[0], data: { note: 'another content' } });
  const [conflict] = (await pipeline.runtime.letters.all()).filter(({ failure }) => failure.code === 'ERR_CONFLICT');
  expect((await letters('show', conflict!.id)).stdout).toMatch(/store +clean, published\n/);
});

test('a change under another revision than that of the letter is not made', async () => {
  const { code, stdout } = await letters('discard', second, '--note', 'a test', '--if-revision', '9');
  expect([code, stdout]).toEqual([3, expect.stringContaining('changed meanwhile')]);
});

test('discard needs a note, and reopen undoes it', async () => {
  await expect(letters('discard', second)).rejects.toThrow(UsageError);
  expect((await letters('discard', second, third, '--note', 'a test')).stdout).toBe('  2 letters: 2 discarded\n');
  expect((await letters('list', '--state', 'open')).stdout).toBe('  no dead letters\n');
  expect((await letters('reopen', second)).stdout).toBe('  1 letter: 1 opened\n');
});

test.each([['replay'], ['discard', '--note', 'a test'], ['reopen']])(
  'a viewer who tries to %s letters gets one error, and no letter counts as skipped',
  async (command, ...options) => {
    caller = { name: 'vic', role: 'viewer' };
    const message = expect.stringMatching(/^vic may look/) as string;
    await expect(letters(command, second, third, ...options)).rejects.toMatchObject({ exitCode: 1, message });
  },
);

test.each([
  ['replay', ['--replace'], 'open'],
  ['discard', ['--note', 'a test'], 'open'],
  ['reopen', [], 'discarded'],
])('%s --dry-run says what would become of letters, and changes nothing', async (command, options, state) => {
  const fix = await files.write('fix.json', JSON.stringify(repair));
  await letters('edit', second, '--patch', fix);
  if (command === 'reopen') await letters('discard', second, '--note', 'a test');
  const before = json((await letters('show', second, '--json')).stdout);
  const dry = await letters(command, second, 'none', ...options, '--dry-run');
  expect([dry.code, dry.stdout]).toEqual([3, expect.stringMatching(/: 1 skipped, 1 would be .*: this was a dry run/)]);
  expect(json((await letters('show', second, '--json')).stdout)).toEqual({ ...before, state });
  expect(pipeline.cleanIds).toEqual([1]);
});

test('a dry run of a replay tells that a duplicate would be refused, though its event is valid', async () => {
  await pipeline.send(events[0]!);
  const duplicate = (await pipeline.runtime.letters.all()).find(({ failure }) => failure.code === 'ERR_DUPLICATE');
  const dry = await letters('replay', duplicate!.id, '--dry-run');
  expect([dry.code, dry.stdout]).toEqual([3, expect.stringContaining('The same event came before')]);
});

test('reopen --all undoes a discard of many letters', async () => {
  await letters('discard', '--all', '--note', 'a mistake');
  const { code, stdout } = await letters('reopen', '--all', '--code', 'ERR_INVALID_EVENT');
  expect([code, stdout]).toEqual([0, expect.stringContaining('(done): 2 letters: 2 opened')]);
  expect((await letters('list', '--state', 'open')).stdout).toContain(second);
});

test('replay --all is a job: it says what it would change, repairs and sends each letter, and its sums add up', async () => {
  const patch = await files.write('all.json', JSON.stringify(repair));
  const all = ['replay', '--all', '--code', 'ERR_INVALID_EVENT', '--patch', patch];
  const dry = await letters(...all, '--dry-run');
  expect([dry.code, dry.stdout.split('\n')]).toEqual([
    3,
    [
      expect.stringMatching(new RegExp(`^  (${second}  would be sent|${third}  would be refused again: ERR_)`)),
      expect.stringMatching(new RegExp(`^  (${second}  would be sent|${third}  would be refused again: ERR_)`)),
      '  2 matched. The first 2 were tried: 1 of them would not be changed',
      '  this was a dry run: nothing was changed, and no job was planned',
      '',
    ],
  ]);
  expect((await letters('jobs')).stdout).toBe('  no jobs\n');
  expect(json((await letters('show', second, '--json')).stdout)).toMatchObject({ revision: 1, hasDraft: false });
  const { code, stdout } = await letters(...all, '--json');
  expect([code, json(stdout)]).toMatchObject([3, { state: 'done', matched: 2, published: 1, invalid: 1, left: 0 }]);
  expect((await letters(...all)).stdout).toContain(`${third}  invalid  `);
  const shown = await letters('jobs', 'show', String(json(stdout).id));
  expect(shown.stdout).toContain(`${third}  invalid`);
  expect((await letters('jobs')).stdout).toContain(String(json(stdout).id));
  await expect(letters('replay', '--all', second)).rejects.toThrow(UsageError);
});

test('discard --all discards what the filters allow, and nothing else', async () => {
  const discarded = await letters('discard', '--all', '--stream', 'default', '--id', '3', '--note', 'a test', '--json');
  expect([discarded.code, json(discarded.stdout)]).toMatchObject([0, { state: 'done', matched: 1, done: 1 }]);
  expect((await letters('list', '--state', 'open')).stdout).toContain(second);
});

test('a filter that no letter matches plans no job, and the command says so', async () => {
  const none = ['discard', '--all', '--code', 'ERR_STALE', '--note', 'a test'];
  expect(await letters(...none)).toMatchObject({ code: 0, stdout: '  no letter matched: no job was planned\n' });
  expect(json((await letters(...none, '--json')).stdout)).toMatchObject({ action: 'discard', matched: 0 });
  expect((await letters('jobs')).stdout).toBe('  no jobs\n');
});

test('a job can be stopped and resumed', async () => {
  const body = { action: 'discard', note: 'a test', filter: {} };
  const planned = await new ConsoleClient({
    env: { EVENTMEND_CONSOLE: server.url },
    signal: AbortSignal.timeout(60_000),
  }).change({ method: 'POST', path: '/api/jobs', body });
  const id = String(planned.json.id);
  expect((await letters('jobs', 'stop', id)).stdout).toContain('(stopped): 2 letters: 2 left');
  expect((await letters('jobs', 'resume', id)).stdout).toContain('(done): 2 letters: 2 discarded');
  const unknown = letters('jobs', 'resume', 'none');
  await expect(unknown).rejects.toThrow('there is no such job: eventmend dead-letters jobs lists the jobs');
});

test('Ctrl-C stops a job in the console too, and the command says how it goes on', async () => {
  const ending = new AbortController();
  const { letters: store, jobs } = pipeline.runtime;
  const stopped = new Promise<void>((resolve) => {
    const saveJob = jobs.save.bind(jobs);
    jest.spyOn(jobs, 'save').mockImplementation(async (job, expected) => {
      const isSaved = await saveJob(job, expected);
      if (isSaved && job.state === 'stopped') resolve();
      return isSaved;
    });
  });
  const save = jest.spyOn(store, 'save').mockImplementationOnce(async (...args) => {
    save.mockRestore();
    ending.abort();
    await stopped;
    return store.save(...args);
  });
  const argv = ['discard', '--all', '--note', 'a test', '--first', '1'];
  const { code, stdout } = await runCommand(deadLetters, argv, [], { EVENTMEND_CONSOLE: server.url }, ending.signal);
  const [, id] = /job (\w+) \(stopped\): 2 letters/.exec(stdout) ?? [];
  expect(code).toBe(130);
  expect(stdout).toContain(`2 left\n  eventmend dead-letters jobs resume ${id} goes on`);
  expect((await letters('jobs', 'resume', id!)).stdout).toContain('(done): 2 letters: 2 discarded');
});

test('export writes every letter, and says that it is complete', async () => {
  const out = files.file('letters.ndjson');
  await letters('export', '--out', out);
  const lines = (await readFile(out, 'utf8')).trimEnd().split('\n').map(json);
  expect(
    lines
      .slice(0, 2)
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual([second, third].toSorted());
  expect(lines[2]).toEqual({ exported: 2, complete: true });
  await expect(letters('export', '--out', files.file('none/letters.ndjson'))).rejects.toThrow(
    /^cannot write .*letters\.ndjson: its folder does not exist$/,
  );
});

test('status says in five lines whether all is well, and what to do first', async () => {
  const { code, stdout } = await run(status);
  const lines = stdout.trimEnd().split('\n');
  expect([code, lines.length]).toEqual([3, 5]);
  expect(lines[0]).toMatch(
    /^NOT WELL: 2 dead letters are open; new in the last hour: 2, most often ERR_INVALID_EVENT; the oldest is \d/,
  );
  expect(lines[4]).toBe('next     eventmend dead-letters list --state open --code ERR_INVALID_EVENT');
});

test('status says when a sweep was last recorded, since sweeps of an idle stream are recorded rarely', async () => {
  await pipeline.runtime.sweep();
  expect((await run(status)).stdout).toMatch(
    /streams {2}1 · every id accounted for · no unresolved gap · last recorded sweep (?:now|\d s ago)\n/,
  );
  pipeline.runtime.clock.advance(600_000);
  expect((await run(status)).stdout).toContain(
    ' · last recorded sweep 10 min ago (sweeps without new events are not recorded)',
  );
});

test.each([
  [403, {}, /does not let this caller in \(403; EVENTMEND_TOKEN is not set\): run gcloud run services proxy console/],
  [401, { EVENTMEND_TOKEN: 'old' }, /\(401; EVENTMEND_TOKEN may have expired\)/],
  [200, {}, /is no console of this release: it answered 200/],
])(
  'a command says what to do if not the console answers, but something before it: %d',
  async (status, env, message) => {
    const other = createServer((_, answer) => answer.writeHead(status).end('<html>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const asked = runCommand(deadLetters, ['list'], [], { EVENTMEND_CONSOLE: `http://127.0.0.1:${port}`, ...env });
    await expect(asked).rejects.toThrow(message);
    other.closeAllConnections();
    other.close();
  },
);

test('a command says at once that no console listens, which variable names it, and what to do', async () => {
  const taken = new URL(server.url).port;
  await server.close();
  const refused = runCommand(status, [], [], { EVENTMEND_CONSOLE: `http://localhost:${taken}` });
  await expect(refused).rejects.toThrow(CommandError);
  await expect(refused).rejects.toThrow(/nothing listens there\. Run npm start .* or set EVENTMEND_CONSOLE/);
  server = await startConsoleServer({ console: makeConsole(pipeline.runtime.consoleDeps()), port: 0 });
});

test.each([
  [['list', '--code', 'ERR_NOTHING'], '--code must be one of ERR_UNDECODABLE'],
  [['list', '--stage', 'nowhere'], '--stage must be one of'],
  [['list', '--from', 'noon'], '--from must be a date or a time of ISO 8601'],
  [['list', '--id', '7'], '--id needs --stream'],
  [['list', '--cursor', 'x'], '--cursor must be the'],
  [['show', 'any', '--draft'], '--draft needs --body'],
  [['show', 'any', '--unmask'], '--unmask needs --body'],
  [['replay', '--all', '--patch', '/none.json'], 'cannot read /none.json: there is no such file'],
  [['replay', '--all', '--patch', 'package.json'], 'package.json is no JSON Patch, which is a list'],
  [['replay', '--all', '--patch', 'README.md'], 'README.md is no JSON Patch, which is a list'],
])('wrong usage has the exit code 2, whoever finds it: %j', async (argv, message) => {
  const error: unknown = await letters(...argv).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) as unknown });
  expect(String(error)).not.toContain('docs/api.md');
});

test('a date stands for its beginning in UTC', async () => {
  const today = new Date(pipeline.runtime.clock.now()).toISOString().slice(0, 10);
  expect((await letters('list', '--from', today)).stdout).toContain(second);
  expect((await letters('list', '--to', today)).stdout).toBe('  no dead letters\n');
});

test('the address of the console may lack its scheme, and one that is none is an error that says so', async () => {
  const at = (EVENTMEND_CONSOLE: string) => runCommand(status, [], [], { EVENTMEND_CONSOLE });
  expect((await at(server.url.replace('http://', ''))).code).toBe(3);
  await expect(at('ftp://localhost:8080')).rejects.toThrow('write http://HOST:PORT');
  await expect(at('http://')).rejects.toThrow(UsageError);
});

test('a change without a note leaves no empty note in the history', async () => {
  await letters('discard', second, '--note', 'a test');
  await letters('reopen', second);
  expect((await letters('show', second)).stdout).toMatch(/ana: reopened\n/);
});
