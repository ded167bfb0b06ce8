import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSubscriptions, makeTopics } from '../../cli/local/resources.ts';
import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { makeClients } from '../../shared/gcp/clients.ts';
import { StreamingPull } from '../../shared/gcp/streaming-pull.ts';
import { readTerraform } from '../deployment/terraform.ts';
import { TcpProxy } from '../e2e/tcp-proxy.ts';
import { UserProcess } from '../e2e/user-process.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { eventually } from '../support/eventually.ts';
import { anEventAt } from '../support/pipeline.ts';
import { TopicListeners } from '../support/topic-listener.ts';
import { ServedFunction } from './served-function.ts';

const connection = emulatedConnection();
const { projectId } = connection;
const clients = makeClients(connection);
const listeners = new TopicListeners();
const started: ServedFunction[] = [];
const directories: string[] = [];
const { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
const settings = { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: projectId };

/** The commands of the scheduled jobs, as Terraform has them. */
interface Checks {
  readonly checks_program: readonly string[];
  readonly check_arguments: Readonly<Record<string, readonly string[]>>;
}

beforeAll(async () => {
  const pubsub = await clients.pubsub();
  await makeTopics(pubsub);
  await makeSubscriptions({ pubsub, sources: [], consumerOf: () => 'pull' });
});

afterAll(async () => {
  await Promise.all(started.map((worker) => worker.stop()));
  await Promise.all(directories.map((directory) => rm(directory, { recursive: true })));
  await listeners.close();
  await clients.close();
});

/** Starts a worker, and waits until it pulls. */
async function start(SUBSCRIPTIONS: string, more: NodeJS.ProcessEnv = {}): Promise<ServedFunction> {
  const worker = ServedFunction.spawnWorker({ ...settings, SUBSCRIPTIONS, ...more });
  started.push(worker);
  await worker.says('"message":"pulls ');
  return worker;
}

async function publish(topic: string, id: number): Promise<void> {
  const data = Buffer.from(JSON.stringify(anEventAt(id)));
  await (await clients.pubsub()).topic(topic).publishMessage({ data, attributes: { stream: 'shop' } });
}

/** Makes a folder with the files that the image has. */
async function imageDirectory(): Promise<string> {
  const [, copied = ''] = /^COPY (.+) \.\/$/m.exec(await readFile('build/worker.Dockerfile', 'utf8'))!;
  const directory = await mkdtemp(join(tmpdir(), 'eventmend-image-'));
  directories.push(directory);
  for (const file of copied.split(' ')) await copyFile(join('dist/functions/worker', file), join(directory, file));
  return directory;
}

/** Whether messages of a subscription wait to be delivered. */
async function holdsMessage(name: string): Promise<boolean> {
  const limits = { maxMessages: 1, maxBytes: 1, maxStreams: 1, maxLeaseMs: 60_000 };
  return new StreamingPull({ pubsub: await clients.pubsub(), name, ...limits }).holdsMessage();
}

describe('a worker', () => {
  it('runs the functions of its subscriptions, and logs the counts of each', async () => {
    const cleaned = await listeners.listen(await clients.pubsub(), 'cleaned-events');
    const worker = await start('validate-events,validate-mended-events,track-validated-events');
    await publish('events', 1);
    expect((await cleaned(1))[0]!.attributes).toMatchObject({ event_id: '1', origin: 'producer' });
    expect(await worker.stop()).toBe(0);
    expect(worker.output).toContain('"message":"counts","function":"validate","counts":{"received":1');
    expect(worker.output).toContain('"message":"counts","function":"track","counts":{"received":1,"published":1');
    const [stored] = await new FirestoreBlockStore(await clients.database.state()).read([{ stream: 'shop', index: 0 }]);
    expect(stored!.block.cells[1]).toMatchObject([{ state: 'clean', published: true }]);
  });

  it('acks what is in flight before it ends', async () => {
    const proxy = await TcpProxy.to(String(PUBSUB_EMULATOR_HOST));
    const validated = await listeners.listen(await clients.pubsub(), 'validated-events');
    const worker = await start('validate-events', { PUBSUB_EMULATOR_HOST: proxy.host });
    const held = proxy.holdRequest('"event_id":2');
    await publish('events', 2);
    await held;
    const ended = worker.stop();
    proxy.release();
    proxy.breakConnections();
    expect(await ended).toBe(0);
    proxy.close();
    expect(await validated(1)).toHaveLength(1);
    expect(await holdsMessage('validate-events')).toBe(false);
  });

  it('nacks what it cannot publish, says why without a value of the event, and gets it again', async () => {
    const elsewhere = makeClients({ ...connection, projectId: `${projectId}-2` });
    const pubsub = await elsewhere.pubsub();
    await pubsub.createTopic('dead-letter-queue');
    const [events] = await pubsub.createTopic('events');
    await events.createSubscription('validate-events', { ackDeadlineSeconds: 60 });
    const worker = await start('validate-events', { GOOGLE_CLOUD_PROJECT: pubsub.projectId });
    await events.publishMessage({ data: Buffer.from(JSON.stringify(anEventAt(1))) });
    await eventually('it fails, and fails again', () => worker.output.split('a delivery failed').length > 2);
    const line = worker.output.split('\n').find((text) => text.includes('a delivery failed'))!;
    expect(JSON.parse(line)).toMatchObject({
      severity: 'ERROR',
      function: 'validate',
      errors: [{ name: 'RetryableError', message: 'publishing on validated-events failed' }, { code: 5 }],
    });
    expect(worker.output).not.toContain('LeadCreated');
    await worker.stop();
    await elsewhere.close();
  });

  it('opens a stream again that ended, when its subscription is there again', async () => {
    const pubsub = await clients.pubsub();
    await pubsub.subscription('store-cleaned-events').delete();
    const worker = await start('store-cleaned-events');
    await worker.says('the stream of store-cleaned-events ended');
    await makeSubscriptions({ pubsub, sources: [], consumerOf: (name) => (name === 'store' ? 'pull' : undefined) });
    const attributes = { idempotency_key: 'shop/9/0', stream: 'shop' };
    await pubsub.topic('cleaned-events').publishMessage({ data: Buffer.from('{}'), attributes });
    const database = await clients.database.state();
    await eventually('it is stored', async () => (await database.collection('clean-events').get()).size === 1);
    await worker.stop();
  });

  it('is started by the command of its image, with the files that the image has', async () => {
    const image = await readFile('build/worker.Dockerfile', 'utf8');
    const [program, ...args] = JSON.parse(/^CMD (.+)$/m.exec(image)![1]!) as string[];
    const env = { ...settings, PATH: process.env.PATH, SUBSCRIPTIONS: 'store-cleaned-events' };
    const worker = new UserProcess(program!, args, env, await imageDirectory());
    await worker.says(/"message":"pulls store-cleaned-events"/);
    worker.kill('SIGTERM');
    expect(await worker.end()).toBe(0);
  });

  it('has an image whose other program audits and probes, by the commands of the scheduled jobs', async () => {
    const { checks_program: program, check_arguments: args } = (await readTerraform()).locals as unknown as Checks;
    const env = { ...settings, PATH: process.env.PATH, HOME: '/nonexistent' };
    const directory = await imageDirectory();
    const run = (check: string, ...more: string[]): UserProcess => {
      const [command = '', ...before] = program;
      return new UserProcess(command, [...before, ...args[check]!, ...more], env, directory);
    };
    const audit = run('audit');
    expect([await audit.end(), audit.output]).toEqual([0, expect.stringContaining('shop')]);

    // Nobody pulls, so no route comes to its end. The subscription is not the probe's own, and stays.
    const [listened] = await (await clients.pubsub()).topic('cleaned-events').createSubscription(args.probe!.at(-1)!);
    const probe = run('probe', '--timeout', '1');
    expect([await probe.end(), probe.output]).toEqual([1, expect.stringMatching(/^ *settings +passed/m)]);
    expect(probe.output).toMatch(/^ *clean +failed/m);
    expect(await listened.exists()).toEqual([true]);
  });

  it('does not start with wrong settings, and names all that is wrong at once', async () => {
    const worker = ServedFunction.spawnWorker({ SUBSCRIPTIONS: 'events', PUBLISH_TIMEOUT_MS: 'soon' });
    expect(await worker.ended()).toBe(1);
    expect(worker.output).toContain('PUBLISH_TIMEOUT_MS is "soon"');
    expect(worker.output).toContain('SUBSCRIPTIONS is "events"; it must be names of subscriptions');
    expect(worker.output).toContain('GOOGLE_CLOUD_PROJECT is not set');
  });
});
