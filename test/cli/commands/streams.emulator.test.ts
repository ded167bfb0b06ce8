import { CommandError, UsageError } from '../../../cli/command.ts';
import { gaps } from '../../../cli/commands/gaps.ts';
import { streamsCommand } from '../../../cli/commands/streams.ts';
import { FirestoreBlockStore } from '../../../shared/gcp/block-store.ts';
import { makeClients } from '../../../shared/gcp/clients.ts';
import { FirestoreGapLedger } from '../../../shared/gcp/gap-ledger.ts';
import { aFront, aGap, aPiece, aProgress, cellsOf, hold } from '../../support/builders.ts';
import { runCommand } from '../../support/command-run.ts';
import { emulatedConnection } from '../../support/emulators.ts';
import { jsonLines } from '../../support/json-lines.ts';

const connection = emulatedConnection();
const { FIRESTORE_EMULATOR_HOST } = process.env;
const env = { FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: connection.projectId };
const run = (...argv: string[]) => runCommand(streamsCommand, argv, [], env);

beforeAll(async () => {
  const clients = makeClients(connection);
  const database = await clients.database.state();
  const blocks = new FirestoreBlockStore(database);
  const ledger = new FirestoreGapLedger(database);
  await hold(blocks, 'orders', cellsOf([1, 2, 4, 900]));
  await hold(blocks, 'audit', cellsOf([1]));
  const pieces = [...aFront({ first: 1, last: 4 }), aPiece({ from: 900, to: 900 })];
  const sweptAtMs = Date.now();
  await ledger.saveProgress('orders', aProgress({ pieces, sweptAtMs }), undefined, [aGap({ from: 3, to: 3 })]);
  await clients.close();
});

describe('eventmend streams', () => {
  it('shows the front and the counts of each stream, and below them what needs attention', async () => {
    const { stdout, code } = await run();
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.trim().split(/\s{2,}/));
    expect(lines).toContainEqual(['orders', '1–4', '2', '1', '0', '0', '1', '0', expect.any(String)]);
    expect(lines).toContainEqual(['audit', 'none', '–', '0', '0', '0', '0', '0', 'not yet: new']);
    expect(stdout).toContain('  audit: New: its first sweep comes within a minute.');
  });

  it('prints one JSON object for each stream, at most as many as are wanted', async () => {
    const { stdout, stderr } = await run('--json', '--limit', '1');
    expect(jsonLines(stdout)).toMatchObject([{ stream: 'audit', outliers: 0, advice: [expect.any(String)] }]);
    expect(stderr).toBe('there are more streams: --limit 2 shows more of them\n');
    expect(jsonLines((await run('--json', '--stream', 'orders')).stdout)).toMatchObject([
      { stream: 'orders', first: 1 },
    ]);
    expect((await run('--limit', '2')).stderr).toBe('');
  });

  it('says what to do if there is no such stream', async () => {
    const message = 'there is no stream nobody: eventmend streams lists the streams';
    await expect(run('--stream', 'nobody')).rejects.toThrow(new CommandError(message));
    await expect(run('reset', 'nobody', '--from', '1')).rejects.toThrow(new CommandError(message));
    await expect(run('--stream', 'ordres')).rejects.toThrow('there is no stream ordres; did you mean orders?');
  });

  it.each([
    [['reset', 'orders'], '--from is missing'],
    [['reset', '--from', '1'], 'reset takes one NAME'],
    [['reset', '../x', '--from', '1'], 'NAME takes at most 128 letters'],
    [['reset', 'orders', '--from', '-1'], '--from must be a whole number'],
    [['unset'], 'streams has no command unset'],
  ])('refuses %j', async (argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message);
    await expect(run(...argv)).rejects.toThrow(UsageError);
  });

  it('resets a numbering only with --yes', async () => {
    expect((await run('reset', 'orders', '--from', '5000')).stdout).toContain('nothing was changed; --yes does it');
    expect(jsonLines((await run('--json', '--stream', 'orders')).stdout)).toMatchObject([{ first: 1 }]);
    expect((await run('reset', 'orders', '--from', '5000', '--yes')).stdout).toContain('done; the next sweep');
    const [view] = jsonLines((await run('--json', '--stream', 'orders')).stdout);
    expect(view).toMatchObject({
      outliers: 0,
      resetFrom: 5_000,
      advice: [expect.stringContaining('begins again at 5000')],
    });
    expect((await run('reset', 'orders', '--from', '5000', '--yes')).stdout).toContain('already');
    const listed = await runCommand(gaps, ['--stream', 'orders'], [], env);
    expect(listed.stdout).toMatch(/4999 .*abandoned .*the operator reset the numbering from 5000/);
  });
});
