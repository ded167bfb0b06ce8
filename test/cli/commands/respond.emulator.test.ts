import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FirestoreGapLedger } from '../../../shared/gcp/gap-ledger.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { eventually } from '../../support/eventually.ts';
import { LivePipeline } from '../../e2e/live-pipeline.ts';
import { UserProcess } from '../../e2e/user-process.ts';
import { textOf } from '../../support/builders.ts';
import { anEventAt } from '../../support/pipeline.ts';

const { PATH, HOME, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
/** As `npm run dev` has it, but for the time to answer: the machine may be slow. */
const local = { GRACE_MS: '1000', RESEND_TIMEOUT_MS: '60000', MIN_CONFIDENCE: '0' };

let directory: string;
let pipeline: LivePipeline;
let clean: readonly Message[];
let letters: readonly Message[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'eventmend-'));
  const functions = ['validate', 'track', 'sweep', 'reconstruct'] as const;
  pipeline = await LivePipeline.start({ functions, envOf: () => local, sweeps: true });
  [clean, letters] = await Promise.all([pipeline.listen('cleaned-events'), pipeline.listen('dead-letter-queue')]);
});

afterAll(async () => {
  expect(await pipeline.stop()).toEqual([]);
  await rm(directory, { recursive: true });
});

/** Starts to respond for a stream from a file of these texts, and waits until it listens. */
async function responder(stream: string, texts: readonly string[], ...options: string[]): Promise<UserProcess> {
  const file = join(directory, `${stream}.ndjson`);
  await writeFile(file, texts.join('\n'));
  const { projectId } = await pipeline.pubsub();
  const env = { PATH, HOME, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: projectId };
  const started = new UserProcess('node', ['dist/cli/main.js', 'respond', file, '--stream', stream, ...options], env);
  await started.says(/^answers requests to resend/m);
  return started;
}

async function publish(stream: string, ...ids: readonly number[]): Promise<void> {
  await pipeline.send(...ids.map((id) => ({ data: JSON.stringify(anEventAt(id)), attributes: { stream } })));
}

async function gap(stream: string, state: string): Promise<void> {
  const ledger = new FirestoreGapLedger(await pipeline.state());
  await eventually(`the gap is ${state}`, async () => (await ledger.find(stream, 3))?.value.state === state);
}

const lettersOf = (stream: string) => letters.filter(({ attributes }) => attributes.stream === stream);

describe('eventmend respond', () => {
  it('sends again what is asked for, as it stands in the file, until a Ctrl-C', async () => {
    const three = '{ "event_id":3, "type":"CRM_Sync","timestamp":"2025-02-09T00:03:00Z","valid":true, "n":1.0}';
    const respond = await responder('filling', ['{"event_id":9}', three]);
    await publish('filling', 1, 2, 4);
    await respond.says(/^asked for 3 \(1 id\): 1 event resent$/m);
    await gap('filling', 'filled');
    const resent = clean.find(({ attributes }) => attributes.stream === 'filling' && attributes.event_id === '3');
    expect(textOf(resent!)).toBe(three);
    expect(resent!.attributes).toMatchObject({ origin: 'producer', 'possible-duplicate': 'true' });
    respond.ctrlC();
    expect(await respond.end()).toBe(0);
    expect(respond.output).toContain('answered 1 request\n');
    expect(lettersOf('filling')).toEqual([]);
  });

  it('calls void what its file lacks, where it is told that the file is the whole truth', async () => {
    const ids = [1, 2, 4].map((id) => JSON.stringify(anEventAt(id)));
    const respond = await responder('voiding', ids, '--void', 'on', '--json');
    await publish('voiding', 1, 2, 4);
    const [line] = await respond.says(/^\{.*\}$/m);
    expect(JSON.parse(line)).toMatchObject({ stream: 'voiding', from: 3, to: 3, isLate: false, resent: 0, voided: 1 });
    await gap('voiding', 'voided');
    respond.ctrlC();
    expect(await respond.end()).toBe(0);
    expect(lettersOf('voiding')).toEqual([]);
  });

  it('answers what has waited for it, passes over what is no request, and ends', async () => {
    const first = await responder('waiting', [], '--for', '0.1');
    expect(await first.end()).toBe(0);
    expect(first.output).toContain('answered 0 requests\n');
    const request = { stream: 'waiting', from: 3, to: 4, attempt: 1, deadline: '2025-02-09T12:00:00.000Z' };
    const attributes = { stream: 'waiting', phase: 'resend' };
    const bodies = [request, { ...request, from: 5 }, { ...request, stream: 'filling' }, {}];
    await pipeline.sendTo('reprocess-requests', ...bodies.map((body) => ({ data: JSON.stringify(body), attributes })));
    const second = await responder('waiting', [JSON.stringify(anEventAt(3))], '--once');
    expect(await second.end()).toBe(0);
    expect(second.output).toMatch(
      /^asked for 3–4 \(2 ids\): 1 event resent, 1 id unknown; its deadline passed .* s ago$/m,
    );
    expect(second.output.match(/is not a request to resend, and is skipped/g)).toHaveLength(3);
    expect(second.output).toContain('answered 1 request\n');
    await eventually('it is clean', () => clean.some((message) => message.attributes.stream === 'waiting'));
    const third = await responder('waiting', [], '--once');
    expect(await third.end()).toBe(0);
    expect(third.output).toContain('answered 0 requests\n');
  });

  it('says why it cannot listen, and keeps the request for another time when its file has changed', async () => {
    const { projectId } = await pipeline.pubsub();
    const file = join(directory, 'changing.ndjson');
    await writeFile(file, '{"event_id":1}');
    const env = { PATH, HOME, PUBSUB_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: `${projectId}-none` };
    const none = new UserProcess('node', ['dist/cli/main.js', 'respond', file], env);
    expect(await none.end()).toBe(1);
    expect(none.output).toMatch(/making the subscription eventmend-respond-default failed: .*\(5\)/);

    const respond = await responder('changing', ['{"event_id":3}']);
    await writeFile(join(directory, 'changing.ndjson'), '{"event_id":4}');
    await publish('changing', 1, 2, 4);
    expect(await respond.end()).toBe(1);
    expect(respond.output).toContain('the file has changed since it was indexed: start again');
    const again = await responder('changing', [JSON.stringify(anEventAt(3))]);
    await again.says(/^asked for 3 \(1 id\): 1 event resent/m);
    again.ctrlC();
    expect(await again.end()).toBe(0);
  });
});
