import { PassThrough } from 'node:stream';
import { UsageError } from '../../../cli/command.ts';
import { deadLetters } from '../../../cli/commands/dead-letters.ts';
import { forgetCommand } from '../../../cli/commands/forget.ts';
import { startConsoleServer, type ConsoleServer } from '../../../cli/local/console-server.ts';
import { makeConsole } from '../../../functions/console/handler.ts';
import { errorResponse } from '../../../functions/console/response.ts';
import { runCommand } from '../../support/command-run.ts';
import { anEventAt, Pipeline } from '../../support/pipeline.ts';

const catalog = { types: { CRM_Sync: { entity: 'data.case' } } };
const ofCase = (id: number, value: string) => ({ ...anEventAt(id, { data: { case: value } }), timestamp: 'noon' });

let pipeline: Pipeline;
let server: ConsoleServer;

beforeEach(async () => {
  pipeline = new Pipeline({ catalog });
  await pipeline.send(ofCase(1, 'C-7'), ofCase(2, 'C-8'), 'no JSON');
  server = await startConsoleServer({ console: makeConsole(pipeline.runtime.consoleDeps({})), port: 0 });
});
afterEach(() => server.close());

const run = (...argv: readonly string[]) => runCommand(forgetCommand, argv, [], { EVENTMEND_CONSOLE: server.url });
const erasedCount = async () =>
  (await pipeline.runtime.letters.all()).filter((one) => one.erasedAtMs !== undefined).length;

test('a dry run says what would be erased, and changes nothing', async () => {
  const { code, stdout } = await run('--entity', 'C-7', '--dry-run');
  expect(stdout).toMatch(/^ {2}letter {2}\w+ {2}default\/1 {2}would be erased$/m);
  expect(stdout).toContain('3 letters and 0 stored events looked at: 1 to be erased, 1 unreadable');
  expect([code, await erasedCount()]).toEqual([3, 0]);
});

test('without a dry run it is erased, and a letter that cannot be read is named', async () => {
  const { code, stdout } = await run('--entity', 'C-7', '--note', 'request 12');
  expect(stdout).toMatch(/^ {2}letter {2}\w+ {2}default {2}cannot be read: look at it, or try --pattern$/m);
  expect(stdout).toContain('3 letters and 0 stored events looked at: 1 erased, 1 unreadable');
  expect([code, await erasedCount()]).toEqual([3, 1]);
  expect((await run('--pattern', 'C-7')).stdout).toContain('looked at: nothing found');
  const [erased] = (await pipeline.runtime.letters.all()).filter((one) => one.erasedAtMs !== undefined);
  const shown = await runCommand(deadLetters, ['show', erased!.id], [], { EVENTMEND_CONSOLE: server.url });
  expect(shown.stdout).toMatch(/message +erased .*ago/);
  expect(shown.stdout).toContain('operator: erased: request 12');
});

test('the statement for BigQuery is printed for a table', async () => {
  const { code, stdout } = await run('--field', '/data/case=C-9', '--stream', 'visits', '--table', 'p.d.deliveries');
  expect(code).toBe(0);
  expect(stdout).toContain(`DELETE FROM \`p.d.deliveries\`
WHERE publish_time < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 MINUTE)
  AND JSON_VALUE(data, '$.data.case') = 'C-9';`);
});

test('the arguments are checked', async () => {
  await expect(run()).rejects.toThrow('give one of --entity, --field and --pattern');
  await expect(run('--entity', 'C-7', '--pattern', 'C')).rejects.toThrow(UsageError);
  await expect(run('--field', '=C-7')).rejects.toThrow('--field takes PLACE=VALUE');
});

test('a run that fails in between says how it goes on', async () => {
  const { runtime } = pipeline;
  for (let id = 10; id < 70; id++) await pipeline.send(ofCase(id, 'C-7'));
  const found = runtime.letters.find.bind(runtime.letters);
  // A call of the console ends after its first page.
  runtime.letters.find = (id) => {
    runtime.clock.advance(30_000);
    return found(id);
  };
  const console = makeConsole(runtime.consoleDeps({}));
  let calls = 0;
  const failing = await startConsoleServer({
    console: (request) => {
      const isSecond = request.path === '/api/erase' && ++calls > 1;
      return isSecond ? Promise.resolve(errorResponse(503, 'gone')) : console(request);
    },
    port: 0,
  });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdin: new PassThrough(), stdout, stderr, signal: new AbortController().signal };
  const failed = forgetCommand.run(['--entity', 'C-7'], { ...io, env: { EVENTMEND_CONSOLE: failing.url } });
  await expect(failed).rejects.toThrow('gone');
  await failing.close();
  const [, cursor] = /to go on, add: --cursor (\S+)/.exec(String(stderr.read())) ?? [];
  expect(await erasedCount()).toBeLessThan(61);
  await run('--entity', 'C-7', '--cursor', cursor!);
  expect(await erasedCount()).toBe(61);
});
