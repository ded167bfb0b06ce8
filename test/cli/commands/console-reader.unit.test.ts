import { gaps } from '../../../cli/commands/gaps.ts';
import { streamsCommand } from '../../../cli/commands/streams.ts';
import { trace } from '../../../cli/commands/trace.ts';
import { UsageError, type Command } from '../../../cli/command.ts';
import { jsonPrinter } from '../../../cli/gaps/print-gaps.ts';
import { storeReader } from '../../../cli/reader/store-reader.ts';
import { startConsoleServer, type ConsoleServer } from '../../../cli/local/console-server.ts';
import { gapStates } from '../../../shared/gaps/gap.ts';
import { aGap, aLetter, ConsoleUnderTest, noon } from '../../console/builders.ts';
import { cellsOf, fileGaps, hold } from '../../support/builders.ts';
import { runCommand } from '../../support/command-run.ts';
import { jsonLines } from '../../support/json-lines.ts';

let under: ConsoleUnderTest;
let server: ConsoleServer;
beforeEach(async () => {
  under = new ConsoleUnderTest();
  await hold(under.stores.blocks, 'orders', cellsOf([1, 2, 4, 9]));
  const resolved = { resolvedAtMs: noon } as const;
  await hold(under.stores.blocks, 'archive', cellsOf([1]));
  await fileGaps(under.ledger, [
    aGap({ from: 3, to: 3, state: 'filled', ...resolved }),
    aGap({ from: 5, to: 8, state: 'requested' }),
    ...Array.from({ length: 600 }, (_, i) =>
      aGap({ stream: 'archive', from: 10 * i, to: 10 * i, state: 'filled', ...resolved }),
    ),
  ]);
  server = await startConsoleServer({ console: under.console, port: 0 });
});
afterEach(() => server.close());

const run = (command: Command, ...argv: readonly string[]) =>
  runCommand(command, argv, [], { EVENTMEND_CONSOLE: server.url });
const reader = () => storeReader({ ...under.deps });

test('gaps asks the console that EVENTMEND_CONSOLE names, page by page', async () => {
  const { stdout, code } = await run(gaps, '--stream', 'orders', '--state', 'unresolved');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/orders {2}5–8 +4 {2}requested/)]);
  expect(stdout).not.toContain('filled');
  const all = await run(gaps, '--json', '--limit', '550');
  expect(jsonLines(all.stdout).map(({ stream, from }) => `${String(stream)}/${String(from)}`)).toEqual([
    ...Array.from({ length: 550 }, (_, i) => `archive/${10 * (i + 50)}`),
    'orders/3',
    'orders/5',
  ]);
});

test('gaps --json prints what a reader of the stores prints, and when it looks again, what has changed', async () => {
  const printed: string[] = [];
  const keep = {
    write: (text: string, _: string, done: () => void) => {
      printed.push(text);
      done();
    },
  };
  const io = { stdout: keep, stderr: keep } as unknown as Parameters<typeof jsonPrinter>[2];
  const wanted = { stream: 'orders', states: gapStates, limit: 100 };
  const print = jsonPrinter(reader(), wanted, io);
  await print();
  expect(printed.join('')).toBe((await run(gaps, '--stream', 'orders', '--json')).stdout);
  printed.length = 0;
  await print();
  expect(printed.join('')).toBe('');
  await hold(under.stores.blocks, 'orders', cellsOf([6]));
  await print();
  expect(jsonLines(printed.join(''))).toMatchObject([{ stream: 'orders', from: 5, missing: 3 }]);
});

test('streams shows each stream of the console with its advice', async () => {
  const { stdout } = await run(streamsCommand, '--stream', 'orders');
  expect(stdout).toMatch(/^ {2}stream {2}front/);
  expect(stdout).toContain('  orders: New: its first sweep comes within a minute.');
  const [found] = jsonLines((await run(streamsCommand, '--stream', 'orders', '--json')).stdout);
  expect(found).toEqual(JSON.parse(JSON.stringify(await reader().advised('orders'))));
});

test('trace tells the story that the console tells, also of a stream that has letters only', async () => {
  const { stdout } = await run(trace, 'orders', '7');
  expect(stdout).toBe(`${(await reader().story('orders', '7', undefined)).lines.join('\n')}\n`);
  expect(stdout).toContain('5–8 found missing at');
  await under.letters.save(aLetter({ stream: 'returns', eventId: 1 }), undefined);
  expect((await run(trace, 'returns', '1')).stdout).toContain('ERR_UNDECODABLE');
});

test.each([
  [gaps, ['--stream', 'oders']],
  [streamsCommand, ['--stream', 'oders']],
  [trace, ['oders', '1']],
])('an unknown stream is an error that says which one may be meant: %#', async (command, argv) => {
  await expect(run(command, ...argv)).rejects.toThrow('there is no stream oders; did you mean orders?');
});

test('a catalog is for reading a store, and not for a console', async () => {
  await expect(run(gaps, '--catalog', 'mine.ts')).rejects.toThrow(UsageError);
});
