import { execFileSync } from 'node:child_process';
import type { Result } from '../../cli/probe/follow-routes.ts';
import { freePort } from '../../cli/local/port.ts';
import { makeClients } from '../../shared/gcp/clients.ts';
import { FirestoreDeadLetterStore } from '../../shared/gcp/dead-letter-store.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { openSilentServer, type SilentServer } from './silent-server.ts';
import { UserProcess } from './user-process.ts';

const connection = emulatedConnection();
const clients = makeClients(connection);
const { PATH, HOME, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
const emulators = { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST };
const env = { PATH, HOME, ...emulators, GOOGLE_CLOUD_PROJECT: connection.projectId, PORT: '0' };
const cli = 'dist/cli/main.js';
/** Far longer than any route takes here. */
const patient = ['--timeout', '280'];
/** For routes that never come to their end. */
const impatient = ['--timeout', '10'];

let dev: UserProcess;
beforeAll(async () => {
  dev = new UserProcess('npm', ['run', '--ignore-scripts', 'dev'], env);
  await dev.says(/^ready/m);
});
afterAll(async () => {
  dev.ctrlC();
  await dev.end();
  await clients.close();
});

async function probe(...args: string[]): Promise<{ code: number | null; output: string }> {
  const run = new UserProcess('node', [cli, 'probe', ...args], env);
  return { code: await run.end(), output: run.output };
}

/** Probes, and checks what must hold whatever comes of it: that nothing is left behind. */
async function results(...args: string[]): Promise<{ code: number | null; results: readonly Result[] }> {
  const { code, output } = await probe('--json', ...args);
  const report = JSON.parse(output) as { readonly passed: boolean; readonly results: readonly Result[] };
  expect(report.passed).toBe(code === 0);
  const [subscriptions] = await (await clients.pubsub()).getSubscriptions();
  const letters = await new FirestoreDeadLetterStore(await clients.database.letters()).list(100);
  expect(subscriptions.filter(({ name }) => name.includes('eventmend-probe'))).toEqual([]);
  expect(letters).toEqual([]);
  return { code, results: report.results };
}

function failed(all: readonly Result[]): string[] {
  return all.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
}

function pidOf(name: FunctionName): number {
  const isIts = (pid: number): boolean =>
    execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(`functions/${name}`);
  return dev.family().find(isIts)!;
}

describe('eventmend probe, against npm run dev', () => {
  // The commands of the documents (test/docs) run it twice in a row, with the table for a person.
  it('passes, and says what cannot be checked there', async () => {
    const { code, results: all } = await results(...patient);
    expect([code, failed(all)]).toEqual([0, []]);
    const details = Object.fromEntries(all.map(({ name, outcome, detail }) => [name, `${outcome}: ${detail}`]));
    expect(details).toMatchObject({
      poison: expect.stringMatching(/^passed: .* gave up after 5 deliveries$/) as string,
      settings: expect.stringMatching(/^passed: .*not checked: backoff, expiry and identity/) as string,
      grants: 'not-checked: the emulator has no IAM',
    });
  });

  it('names the routes that fail while a function is stopped and a subscription is gone, and the subscription', async () => {
    const pid = pidOf('reconstruct');
    process.kill(pid, 'SIGSTOP');
    await (await clients.pubsub()).subscription('verify-suspect-events').delete();
    try {
      const { code, results: all } = await results(...impatient);
      // On a slow machine others may not have come to their end by then.
      expect([code, failed(all)]).toEqual([1, expect.arrayContaining(['incorrect', 'gap', 'settings'])]);
      expect(all.find(({ name }) => name === 'settings')!.detail).toBe('verify-suspect-events: does not exist');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});

describe('eventmend probe', () => {
  let silent: SilentServer;
  beforeAll(async () => {
    silent = await openSilentServer();
  });
  afterAll(() => {
    silent.close();
  });

  it.each([
    [['--timeout', 'soon'], {}, '--timeout must be a number from 1 to 3600'],
    [['events.ndjson'], {}, 'probe takes no arguments'],
    [[], { PUBSUB_EMULATOR_HOST: '' }, 'set both, or neither'],
    [[], { FIRESTORE_EMULATOR_HOST: '' }, 'set both, or neither'],
    [
      [],
      { PUBSUB_EMULATOR_HOST: '', FIRESTORE_EMULATOR_HOST: '', GOOGLE_CLOUD_PROJECT: '' },
      'set PUBSUB_EMULATOR_HOST',
    ],
  ])('refuses to guess: %j with %j', async (args, over, says) => {
    const run = new UserProcess('node', [cli, 'probe', ...args], { ...env, ...over });
    expect(await run.end()).toBe(2);
    expect(run.output).toContain(says);
  });

  it.each([
    ['nobody listens', () => freePort().then((port) => `127.0.0.1:${port}`), /^eventmend: nothing listens at .*\n$/],
    ['nobody answers', () => silent.host, /^eventmend: reading .*: no answer within 1000 ms\n$/],
  ])('says so, and ends, where %s', async (_, hostOf, says) => {
    const host = await hostOf();
    const hosts = { PUBSUB_EMULATOR_HOST: host, FIRESTORE_EMULATOR_HOST: host, FIRESTORE_TIMEOUT_MS: '1000' };
    const run = new UserProcess('node', [cli, 'probe'], { ...env, ...hosts });
    expect([await run.end(), run.output]).toEqual([1, expect.stringMatching(says)]);
  });

  it('says what is wrong where there is no pipeline', async () => {
    const run = new UserProcess('node', [cli, 'probe'], { ...env, GOOGLE_CLOUD_PROJECT: 'nothing-is-here' });
    expect(await run.end()).toBe(1);
    expect(run.output).toMatch(/listening to cleaned-events failed: .*\(5\)/);
  });
});
