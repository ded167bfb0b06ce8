import { Timestamp } from '@google-cloud/firestore';
import { audit } from '../../../cli/commands/audit.ts';
import { UsageError } from '../../../cli/command.ts';
import { makeCatalog } from '../../../shared/catalog-definition.ts';
import { catalog as definition } from '../../../shared/catalog.ts';
import { FirestoreBlockStore } from '../../../shared/gcp/block-store.ts';
import { makeClients, type Database } from '../../../shared/gcp/clients.ts';
import { FirestoreDeadLetterStore } from '../../../shared/gcp/dead-letter-store.ts';
import { FirestoreGapLedger } from '../../../shared/gcp/gap-ledger.ts';
import { aLetter } from '../../console/builders.ts';
import { aFront, aGap, anEntry, aProgress, cellsOf, hold, idsFrom } from '../../support/builders.ts';
import { runCommand } from '../../support/command-run.ts';
import { emulatedConnection } from '../../support/emulators.ts';

const connection = emulatedConnection();
const clients = makeClients(connection);
const { FIRESTORE_EMULATOR_HOST } = process.env;
const env = { FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: connection.projectId };
const run = (...argv: string[]) => runCommand(audit, argv, [], env);
let database: Database<'state'>;

beforeAll(async () => {
  database = await clients.database.state();
});
afterAll(() => clients.close());

type Fields = Readonly<Record<string, unknown>>;
const root = (stream: string) => database.collection('streams').doc(stream);
const document = (stream: string, [collection, name]: readonly ['blocks' | 'gaps', string]) =>
  database.collection(`streams/${stream}/${collection}`).doc(name);
const block = (index: number) => ['blocks', String(index).padStart(14, '0')] as const;
const row = (from: number) => ['gaps', String(from).padStart(16, '0')] as const;

/** Ids 1 to 1,000, of which 300 to 301 are given up and 600 is asked for. */
async function aStream(stream: string): Promise<void> {
  const blocks = new FirestoreBlockStore(database);
  const ledger = new FirestoreGapLedger(database);
  const now = Date.now();
  await hold(blocks, stream, cellsOf([...idsFrom(1, 299), ...idsFrom(302, 599), ...idsFrom(601, 1_000)]));
  await hold(blocks, stream, { 1_000: anEntry({ published: false, state: 'reconstructed' }) });
  await ledger.saveProgress(
    stream,
    aProgress({ stream, pieces: aFront({ first: 1, last: 1_000, sinceMs: now, atMs: now }), sweptAtMs: now }),
    undefined,
    [
      aGap({ stream, from: 300, to: 301, state: 'abandoned' }),
      aGap({ stream, from: 600, to: 600, state: 'requested' }),
    ],
  );
}

describe('eventmend audit', () => {
  it('proves of each stream that every id is in one place, and lists what wants a look', async () => {
    await aStream('orders');
    await new FirestoreDeadLetterStore(await clients.database.letters()).save(aLetter(), undefined);
    const { stdout, code } = await run('--stream', 'orders');
    expect(stdout).toContain('orders balances: every id from 1 to 1000 is in one place');
    const rows = stdout.split('\n').map((line) => line.trim().split(/\s{2,}/));
    expect(rows).toContainEqual(['orders', '1–1000', '1,000', '996', '0', '1', '0', '1', '2', '0', '0']);
    expect(stdout).toMatch(
      /not known to be published: 1\..*\n.*\n {4}orders 1000 {2}reconstructed {2}LeadCreated {2}for \d+ s/,
    );
    expect(stdout).toContain('open dead letters: 1 (1 ERR_UNDECODABLE)');
    expect(code).toBe(0);
  });

  it('prints the same as one JSON object', async () => {
    await aStream('as-json');
    const { stdout, code } = await run('--stream', 'as-json', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      streams: [
        {
          stream: 'as-json',
          difference: 0,
          fronts: [{ from: 1, to: 1_000, missing: 1, givenUp: 2, held: { clean: 996 }, difference: 0 }],
        },
      ],
      unpublished: [{ eventId: 1_000 }],
    });
    expect(code).toBe(0);
  });

  it.each<[string, string, (stream: string) => Promise<unknown>, number, string]>([
    ['a block is gone', 'lost', (stream) => document(stream, block(3)).delete(), 233, 'id 1000 was seen'],
    [
      'a block is gone in the middle',
      'hole',
      (stream) => document(stream, block(2)).delete(),
      // 512 to 767, of which 600 was missing before.
      255,
      'missing: 512–599 without an entry, and in no gap',
    ],
    ['the first block is gone', 'headless', (stream) => document(stream, block(0)).delete(), 255, 'missing: 1–255'],
    [
      'a row of the ledger is gone',
      'rowless',
      (stream) => document(stream, row(300)).delete(),
      2,
      'missing: 300–301 without an entry, and in no gap',
    ],
    [
      'a row says that it is filled, and is not',
      'wrong-row',
      (stream) => document(stream, row(600)).update({ state: 'filled' }),
      1,
      'missing: 600 without an entry, in the gap 600, which is filled',
    ],
    [
      'the totals of a block are not what it holds',
      'miscounted',
      (stream) => document(stream, block(1)).update({ clean: 200 }),
      54,
      'clean: block 1 says 200, but holds 254',
    ],
    [
      'the entries of a block are overwritten',
      'emptied',
      (stream) => document(stream, block(2)).update({ entries: Buffer.alloc(0), clean: 0 }),
      255,
      'missing: 512–599',
    ],
  ])('ends with 1, and says what is off, where %s', async (_, stream, damage, off, finding) => {
    await aStream(stream);
    await damage(stream);
    const { stdout, code } = await run('--stream', stream);
    expect(stdout).toContain(`off by ${off}: ${stream}`);
    expect(stdout).toContain(finding);
    expect(code).toBe(1);
    const json = await run('--stream', stream, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ streams: [{ stream, difference: off }] });
  });

  it.each<[string, string, (stream: string) => Promise<unknown>, string]>([
    ['progress is gone', 'forgetful', (stream) => root(stream).delete(), 'progress: none, though the ledger has gaps'],
    [
      'a block at the end is cut off',
      'cut-off',
      (stream) => document(stream, block(3)).update({ entries: Buffer.alloc(100) }),
      'block 3 cannot be read: it is damaged',
    ],
    [
      'a block with a gap in it is of no known format',
      'odd',
      (stream) => document(stream, block(2)).update({ format: 99 }),
      'block 2 cannot be read: it has format 99, newer than 3',
    ],
  ])('ends with 1, though nothing may be lost, where %s', async (_, stream, damage, finding) => {
    await aStream(stream);
    await damage(stream);
    const { stdout, code } = await run('--stream', stream);
    expect(stdout).toMatch(new RegExp(`^  off.*: ${stream}$`, 'm'));
    expect(stdout).toContain(`    ${finding}`);
    expect(code).toBe(1);
  });

  it.each<[string, string, Fields, string]>([
    ['are wiped', 'wiped', { entries: Buffer.alloc(0) }, 'clean: block 1 says 256, but holds 0'],
    ['cannot be read', 'unread', { entries: Buffer.alloc(100) }, 'block 1 cannot be read: it is damaged'],
  ])('accepts stored totals beside entries that %s, except with --deep', async (_, stream, damage, finding) => {
    await aStream(stream);
    await document(stream, row(300)).update({ state: 'filled' });
    await hold(new FirestoreBlockStore(database), stream, cellsOf([300, 301]));
    await document(stream, block(1)).update(damage);
    expect(await run('--stream', stream)).toMatchObject({ code: 0 });
    const { stdout, code } = await run('--stream', stream, '--deep');
    expect(stdout).toContain(`  off: ${stream}\n    ${finding}\n`);
    expect(code).toBe(1);
  });

  it('finds nothing more where all is well, however deep it looks', async () => {
    await aStream('sound');
    expect(await run('--stream', 'sound', '--deep')).toMatchObject({ code: 0 });
  });

  it('proves nothing of a stream that was never swept, and says so aloud: for so long as it is young', async () => {
    await hold(new FirestoreBlockStore(database), 'young', cellsOf([1, 2]));
    const { windowMs } = makeCatalog(definition).stream('young');
    await document('young', block(0)).update({ expireAt: Timestamp.fromMillis(Date.now() + windowMs) });
    const young = await run('--stream', 'young');
    expect(young.stdout).toContain('  never swept: young 1–2; nothing is proved of these ids');
    expect(young.code).toBe(0);
    await document('young', block(0)).update({ expireAt: Timestamp.fromMillis(Date.now() + windowMs - 3_600_000) });
    expect((await run('--stream', 'young')).code).toBe(1);
  });

  it('ends with 1 where there is no such stream', async () => {
    await expect(run('--stream', 'nope')).rejects.toThrow(/^there is no stream nope/);
  });

  it('ends with 1 where one stream of several is off', async () => {
    const { stdout, code } = await run();
    expect(stdout).toMatch(/orders balances/);
    expect(code).toBe(1);
  });

  it.each([
    [['orders'], /takes no arguments/],
    [['--stream', '../x'], /--stream/],
  ])('refuses %j', async (argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message);
    await expect(run(...argv)).rejects.toThrow(UsageError);
  });
});
