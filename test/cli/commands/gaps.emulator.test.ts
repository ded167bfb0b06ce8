import { UsageError } from '../../../cli/command.ts';
import { gaps } from '../../../cli/commands/gaps.ts';
import { trace } from '../../../cli/commands/trace.ts';
import { FirestoreBlockStore } from '../../../shared/gcp/block-store.ts';
import { makeClients } from '../../../shared/gcp/clients.ts';
import { FirestoreGapLedger } from '../../../shared/gcp/gap-ledger.ts';
import { aGap, aRevisedCell, cellsOf, fileGaps, hold, minuteMs, noon } from '../../support/builders.ts';
import { runCommand } from '../../support/command-run.ts';
import { emulatedConnection } from '../../support/emulators.ts';
import { jsonLines } from '../../support/json-lines.ts';

const connection = emulatedConnection();
const { FIRESTORE_EMULATOR_HOST } = process.env;
const env = { FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: connection.projectId };
const run = (...argv: string[]) => runCommand(gaps, argv, [], env);

beforeAll(async () => {
  const clients = makeClients(connection);
  const database = await clients.database.state();
  const blocks = new FirestoreBlockStore(database);
  await hold(blocks, 'orders', cellsOf([1, 2, 4, 6, 9]));
  await hold(blocks, 'audit', cellsOf([1]));
  await hold(blocks, 'restarted', cellsOf([1, 2], aRevisedCell()));
  const asked = { requestedAtMs: noon, deadlineMs: noon + 5 * minuteMs };
  await fileGaps(new FirestoreGapLedger(database), [
    aGap({ from: 3, to: 3, state: 'reconstructed', ...asked, method: 'context', resolvedAtMs: noon + 6 * minuteMs }),
    aGap({ from: 5, to: 8, state: 'requested', ...asked }),
    aGap({ stream: 'audit', from: 2, to: 2, state: 'abandoned', resolvedAtMs: noon }),
    aGap({ stream: 'partly', from: 2, to: 3, state: 'abandoned', inferred: 1, missing: 1, resolvedAtMs: noon }),
    ...[3, 5, 9].map((from) => aGap({ stream: 'broken', from, to: from === 5 ? 6 : from })),
    ...Array.from({ length: 3 }, (_, i) => aGap({ stream: 'archive', from: 10 * i, to: 10 * i, state: 'filled' })),
  ]);
  await clients.close();
});

describe('eventmend gaps', () => {
  it('shows what is missing, since when, what was asked, what came, and which gap is doubtful', async () => {
    const { stdout, code } = await run();
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.trim().split(/\s{2,}/));
    expect(lines).toContainEqual(expect.arrayContaining(['audit', '2', 'abandoned']));
    const time = '2025-02-09 12:00';
    const outcome =
      '1 of 4; doubtful: the numbers around have holes: ' +
      '3 of 4 neighbouring events have a hole between them; are some ids never used?';
    const row = ['orders', '5–8', '4', 'requested', time, time, '2025-02-09 12:05', '–', outcome];
    expect(lines.map((line) => line.map((cell) => cell.replace(/^.* ago, /, '')))).toContainEqual(row);
    expect(stdout).toContain('2025-02-09 12:06 an inferred event, by context');
  });

  it('shows those of one stream in some states, as JSON', async () => {
    const { stdout } = await run('--stream', 'orders', '--state', 'unresolved,abandoned', '--json');
    expect(jsonLines(stdout)).toMatchObject([{ stream: 'orders', from: 5, to: 8, state: 'requested', missing: 3 }]);
  });

  it('finds a gap of which some ids were inferred and others given up by each of both states', async () => {
    for (const state of ['reconstructed', 'abandoned']) {
      const { stdout } = await run('--stream', 'partly', '--state', state, '--json');
      expect(jsonLines(stdout)).toMatchObject([{ from: 2, states: ['abandoned', 'reconstructed'], inferred: 1 }]);
    }
    expect((await run('--stream', 'partly')).stdout).toContain('abandoned, reconstructed');
  });

  it('shows those with the highest ids where there are more than asked for', async () => {
    const { stdout } = await run('--stream', 'archive', '--limit', '2', '--json');
    expect(jsonLines(stdout).map(({ from }) => from)).toEqual([10, 20]);
  });

  it('shows the others where a row cannot be read, and tells which one that is', async () => {
    const clients = makeClients(connection);
    const database = await clients.database.state();
    await database.collection('streams/broken/gaps').doc('0000000000000005').update({ foundAtMs: 'x' });
    await clients.close();
    const { stdout, stderr, code } = await run('--stream', 'broken', '--json');
    expect(jsonLines(stdout).map(({ from }) => from)).toEqual([3, 9]);
    expect(stderr).toMatch(/^broken: the row of the gap 5–6 cannot be read: foundAtMs: /);
    expect(code).toBe(1);
    const traced = await runCommand(trace, ['broken', '6'], [], env);
    expect(traced.stdout).toContain('ledger   the row of the gap 5–6 cannot be read');
  });

  it('says of each stream how many events came under ids that other events hold', async () => {
    const note = 'restarted: 2 events came under ids that other events hold. Did numbering restart, or ';
    const shown = await run('--stream', 'restarted');
    expect(shown).toMatchObject({ stderr: '', code: 0 });
    expect(shown.stdout).toMatch(/^no gaps\n/);
    expect(shown.stdout).toContain(`\n  ${note}`);
    expect((await run('--stream', 'orders')).stdout).not.toContain('came under ids');
  });

  it('says it beside JSON, on standard error', async () => {
    const { stdout, stderr } = await run('--stream', 'restarted', '--json');
    expect(stdout).toBe('');
    expect(stderr).toContain('restarted: 2 events came under ids that other events hold.');
  });

  it('says so where there are none', async () => {
    expect((await run('--stream', 'archive', '--state', 'open')).stdout).toBe('no gaps\n');
  });

  it('is an error for a stream of which nothing is stored', async () => {
    await expect(run('--stream', 'nobody')).rejects.toThrow('there is no stream nobody: eventmend streams lists');
  });

  it.each([
    [['--state', 'lost'], /--state: lost is not one of open/],
    [['--limit', '0'], /--limit must be a whole number/],
    [['--stream', '../x'], /--stream/],
    [['orders'], /gaps has no command orders/],
  ])('refuses %j', async (argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message);
    await expect(run(...argv)).rejects.toThrow(UsageError);
  });

  it('does not guess which project has the ledger', async () => {
    await expect(runCommand(gaps, [], [], { PUBSUB_EMULATOR_HOST: 'localhost:1' })).rejects.toThrow(/both, or neither/);
  });
});

describe('eventmend trace', () => {
  it('tells the story of an id, or gives its facts as JSON', async () => {
    const { stdout } = await runCommand(trace, ['orders', '7'], [], env);
    expect(stdout).toContain('5–8 found missing at 2025-02-09T12:00:00.000Z; requested');
    const json = await runCommand(trace, ['orders', '4', '--json'], [], env);
    expect(JSON.parse(json.stdout)).toMatchObject({ stream: 'orders', eventId: 4, entries: [{ state: 'clean' }] });
  });

  it.each([[['orders']], [['orders', '1.5']], [['orders', '9007199254740992']], [['no stream', '1']]])(
    'refuses %j',
    async (argv) => {
      await expect(runCommand(trace, argv, [], env)).rejects.toThrow(UsageError);
    },
  );

  it('is an error for a stream of which nothing is stored', async () => {
    await expect(runCommand(trace, ['oders', '1'], [], env)).rejects.toThrow(
      'there is no stream oders; did you mean orders?',
    );
  });
});
