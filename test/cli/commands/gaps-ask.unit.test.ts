import { UsageError } from '../../../cli/command.ts';
import { gaps } from '../../../cli/commands/gaps.ts';
import { startConsoleServer, type ConsoleServer } from '../../../cli/local/console-server.ts';
import { aGap, ConsoleUnderTest } from '../../console/builders.ts';
import { fileGaps } from '../../support/builders.ts';
import { runCommand } from '../../support/command-run.ts';

let under: ConsoleUnderTest;
let server: ConsoleServer;
beforeEach(async () => {
  under = new ConsoleUnderTest();
  const letter = { letterFrom: 5, resolvedAtMs: under.clock.now(), foundAtMs: under.clock.now() } as const;
  await fileGaps(under.ledger, [
    aGap({ from: 5, to: 7, state: 'abandoned', ...letter }),
    aGap({ from: 9, to: 9, state: 'filled', ...letter }),
  ]);
  server = await startConsoleServer({ console: under.console, port: 0 });
});
afterEach(() => server.close());

const ask = (...argv: readonly string[]) => runCommand(gaps, ['ask', ...argv], [], { EVENTMEND_CONSOLE: server.url });

test('ask has the producer asked again for a gap, and says for what', async () => {
  const { stdout, code } = await ask('orders', '5');
  expect([stdout, code]).toEqual([
    'the producer of orders is asked again for what is missing of 5–7; eventmend gaps shows what comes\n',
    0,
  ]);
  expect(under.publisher.on('sweeps')).toMatchObject([{ attributes: { stream: 'orders', from: '5', ask: 'true' } }]);
});

test('ask --json prints the gap', async () => {
  expect(JSON.parse((await ask('orders', '5', '--json')).stdout)).toEqual({ stream: 'orders', from: 5, to: 7 });
});

test.each([
  [['orders', '9'], 'No event of this gap is missing.'],
  [['orders', '6'], 'no gap of this stream begins at this id: eventmend gaps lists the gaps'],
  [['oders', '5'], 'there is no such stream: eventmend streams lists the streams'],
])('ask %j is an error', async (argv, message) => {
  await expect(ask(...argv)).rejects.toThrow(message);
});

test.each([[['orders']], [['orders', '5–7']], [['a stream', '5']]])('ask refuses %j', async (argv) => {
  await expect(ask(...argv)).rejects.toThrow(UsageError);
});
