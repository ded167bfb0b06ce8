import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import { hostVariables, missingTools } from '../../cli/local/emulators.ts';
import type { Message } from '../../shared/messages/message.ts';
import { textOf } from '../support/builders.ts';
import { freePort } from '../../cli/local/port.ts';
import { anEventAt } from '../support/pipeline.ts';
import { eventually, isAlive } from '../support/eventually.ts';
import { openSilentServer } from './silent-server.ts';
import { UserProcess } from './user-process.ts';

const { PATH, HOME, PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
const emulators = { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST };
const cli = 'dist/cli/main.js';
/** A user's environment: no emulators, but for those that a test gives it. */
const env = { PATH, HOME, PORT: '0', METADATA_SERVER_DETECTION: 'none' };

/** Emulators that others have started are enough for all tests but those of starting them, which takes gcloud itself. */
const itStartsEmulators = missingTools(hostVariables, process.env).length === 0 ? it : it.skip;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'eventmend-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('npm run dev', () => {
  itStartsEmulators(
    'starts everything, serves what a user publishes, mends a gap, and leaves nothing behind after a Ctrl-C',
    async () => {
      // Its scripts are left out: they build, and other tests run what is built.
      const dev = new UserProcess('npm', ['run', '--ignore-scripts', 'dev'], { ...env, MIN_CONFIDENCE: '0' });
      const startedAtMs = performance.now();
      const [, pubsubHost] = await dev.says(/^PUBSUB_EMULATOR_HOST=(\S+)$/m);
      await dev.says(/^FIRESTORE_EMULATOR_HOST=\S+$/m);
      const [, url] = await dev.says(/^Console: (\S+)$/m);
      await dev.says(/^ready/m);
      process.stdout.write(
        `npm run dev was ready after ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s.\n`,
      );
      expect((await fetch(url!)).status).toBe(200);

      const pubsub = new PubSub({ projectId: 'eventmend-local', apiEndpoint: pubsubHost!, emulatorMode: true });
      const [subscription] = await pubsub.topic('cleaned-events').createSubscription('consumer');
      const clean: Message[] = [];
      subscription.on('message', (message) => {
        clean.push({ data: message.data, attributes: message.attributes });
        message.ack();
      });
      const events = [1, 2, 4].map((id) => JSON.stringify(anEventAt(id)));
      const file = join(directory, 'events.ndjson');
      await writeFile(file, events.join('\n'));
      const publish = new UserProcess('node', [cli, 'publish', file], { ...env, PUBSUB_EMULATOR_HOST: pubsubHost });
      expect(await publish.end()).toBe(0);
      expect(publish.output).toContain(`published 3 events`);

      await eventually('the gap is mended', () => clean.length >= 4);
      expect(
        clean
          .filter(({ attributes }) => attributes.origin === 'producer')
          .map(textOf)
          .toSorted(),
      ).toEqual(events);
      const [mended] = clean.filter(({ attributes }) => attributes.origin === 'reconstructed');
      expect(mended!.attributes).toMatchObject({ event_id: '3', idempotency_key: 'default/3/inferred' });
      await subscription.close();
      await pubsub.close();

      const family = dev.family();
      // npm, dev, eight functions, and for each emulator its shells, gcloud, and Java.
      expect(family.length).toBeGreaterThanOrEqual(15);
      dev.ctrlC();
      await dev.end();
      await eventually('all are gone', () => !family.some(isAlive));
    },
  );

  it('uses the emulators that the environment names, starts a function again that is killed, and ends on SIGTERM', async () => {
    const project = `test-${randomUUID()}`;
    const more = { ...emulators, GOOGLE_CLOUD_PROJECT: project };
    const dev = new UserProcess('npm', ['run', '--ignore-scripts', 'dev'], { ...env, ...more });
    expect((await dev.says(/^PUBSUB_EMULATOR_HOST=(\S+)$/m))[1]).toBe(PUBSUB_EMULATOR_HOST);
    await dev.says(/^ready/m);
    const family = dev.family();
    // npm, dev, and the first of its functions.
    const [, , victim] = family;
    process.kill(victim!, 'SIGKILL');
    await dev.says(/was ended by SIGKILL; it is started again/);
    await dev.says(/serves again/);
    const later = dev.family();
    dev.kill('SIGTERM');
    await dev.end();
    await eventually('all are gone', () => ![...family, ...later].some(isAlive));
    expect((await fetch(`http://${PUBSUB_EMULATOR_HOST!}`)).status).toBe(200);
  });

  it('lets a worker pull for validate and track', async () => {
    const project = `test-${randomUUID()}`;
    const more = { ...emulators, GOOGLE_CLOUD_PROJECT: project };
    const dev = new UserProcess('node', [cli, 'dev', '--pull'], { ...env, ...more });
    await dev.says(/^ready/m);
    const pubsub = new PubSub({ projectId: project });
    const [subscription] = await pubsub.topic('cleaned-events').createSubscription('consumer');
    const clean: string[] = [];
    subscription.on('message', (message) => {
      clean.push(textOf(message));
      message.ack();
    });
    const family = dev.family();
    const events = [1, 2].map((id) => JSON.stringify(anEventAt(id)));
    await Promise.all(events.map((text) => pubsub.topic('events').publishMessage({ data: Buffer.from(text) })));
    await eventually('they are clean', () => clean.length >= 2);
    expect(clean.toSorted()).toEqual(events);
    // Node and six functions, and one worker.
    expect(family).toHaveLength(8);
    dev.kill('SIGTERM');
    await dev.end();
    await eventually('all are gone', () => !family.some(isAlive));
    await subscription.close();
    await pubsub.close();
  });

  itStartsEmulators('leaves nothing behind when it is ended while it starts', async () => {
    const dev = new UserProcess('node', [cli, 'dev'], env);
    await dev.says(/^starting the emulators/m);
    const family = await eventually('gcloud is started', () => dev.family().length > 4 && dev.family());
    dev.ctrlC();
    expect(await dev.end()).toBe(0);
    await eventually('all are gone', () => !family.some(isAlive));
  });

  it('leaves nothing behind when it is killed', async () => {
    const project = `test-${randomUUID()}`;
    const dev = new UserProcess('node', [cli, 'dev'], { ...env, ...emulators, GOOGLE_CLOUD_PROJECT: project });
    await dev.says(/^ready/m);
    const family = dev.family();
    dev.kill('SIGKILL');
    await eventually('all are gone', () => family.every((pid) => !isAlive(pid)));
  });

  it('says what to do where the console’s port is taken', async () => {
    const { port } = new URL(`http://${PUBSUB_EMULATOR_HOST!}`);
    const dev = new UserProcess('node', [cli, 'dev'], { ...env, ...emulators, PORT: port });
    expect(await dev.end()).toBe(1);
    expect(dev.output).toContain(`PORT is ${port}, which another program is using: set PORT to another`);
  });

  it('says what to do where no emulator answers', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    const dev = new UserProcess('node', [cli, 'dev'], { ...env, ...emulators, FIRESTORE_EMULATOR_HOST: host });
    expect(await dev.end()).toBe(1);
    expect(dev.output).toContain(`FIRESTORE_EMULATOR_HOST is ${host}, but no emulator answers there: start one there`);
  });

  it('says what to do where there is no gcloud and no Java', async () => {
    const dev = new UserProcess(process.execPath, [cli, 'dev'], { ...env, PATH: directory });
    expect(await dev.end()).toBe(1);
    expect(dev.output).toContain('gcloud is not in the PATH: install the Google Cloud CLI');
    expect(dev.output).toContain('java is not in the PATH: install a Java runtime');
  });

  it('names every setting that no function would take', async () => {
    const dev = new UserProcess('node', [cli, 'dev'], { ...env, GRACE_MS: 'soon', MIN_CONFIDENCE: '2' });
    expect(await dev.end()).toBe(1);
    expect(dev.output).toContain('GRACE_MS is "soon"; it must be a whole number of milliseconds');
    expect(dev.output).toContain('MIN_CONFIDENCE is "2"; it must be a number from 0 to 1');
  });
});

describe('eventmend publish', () => {
  it('publishes the events of a file as they are, and no faster than it is told', async () => {
    const pubsub = new PubSub({ projectId: `test-${randomUUID()}` });
    const [topic] = await pubsub.createTopic('events');
    const [subscription] = await topic.createSubscription('consumer');
    const came: Message[] = [];
    subscription.on('message', (message) => {
      came.push({ data: message.data, attributes: message.attributes });
      message.ack();
    });
    const texts = ['{"event_id": 1,  "amount": 1.0}', '{"event_id": 9007199254740993}', 'not JSON'];
    const file = join(directory, 'odd.ndjson');
    await writeFile(file, texts.join('\n'));
    const more = { ...emulators, GOOGLE_CLOUD_PROJECT: pubsub.projectId };
    const startedAtMs = performance.now();
    const publish = new UserProcess('node', [cli, 'publish', file, '--stream', 'shop', '--rate', '2'], {
      ...env,
      ...more,
    });
    expect(await publish.end()).toBe(0);
    expect(performance.now() - startedAtMs).toBeGreaterThan(1_000);
    await eventually('all have come', () => came.length === 3);
    expect(came.map(textOf).toSorted()).toEqual(texts.toSorted());
    expect(came.map(({ attributes }) => attributes)).toEqual(texts.map(() => ({ stream: 'shop' })));
    await subscription.close();
    await pubsub.close();
  });

  it('says which events are not published when there is no topic, or nobody answers', async () => {
    const file = join(directory, 'lost.ndjson');
    await writeFile(file, '\n{"event_id": 1}\n{"event_id": 2}\n');
    const nowhere = { ...emulators, GOOGLE_CLOUD_PROJECT: `test-${randomUUID()}` };
    const noTopic = new UserProcess('node', [cli, 'publish', file], { ...env, ...nowhere });
    const silent = await openSilentServer();
    const lost = { PUBSUB_EMULATOR_HOST: silent.host, PUBLISH_TIMEOUT_MS: '1000' };
    const noAnswer = new UserProcess('node', [cli, 'publish', file], { ...env, ...lost });
    expect([await noTopic.end(), await noAnswer.end()]).toEqual([1, 1]);
    silent.close();
    expect(noTopic.output).toMatch(/published 0 events[^]*2 events are not published, the first on line 2[^]*\(5\)/);
    expect(noAnswer.output).toMatch(/2 events are not published, the first on line 2[^]*: no answer within 1000 ms/);
  });

  it('refuses to guess where to publish', async () => {
    const publish = new UserProcess('node', [cli, 'publish', 'package.json'], env);
    expect(await publish.end()).toBe(2);
    expect(publish.output).toContain('no project to connect to: set PUBSUB_EMULATOR_HOST');
  });
});
