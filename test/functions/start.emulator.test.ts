import { deliveredTo } from '../../functions/builders.ts';
import { FirestoreBlockStore } from '../../shared/gcp/block-store.ts';
import { makeClients } from '../../shared/gcp/clients.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { FunctionName, TopicName } from '../../shared/topology.ts';
import { emulatedConnection } from '../support/emulators.ts';
import { TopicListeners } from '../support/topic-listener.ts';
import { TcpProxy } from '../e2e/tcp-proxy.ts';
import { ServedFunction } from './served-function.ts';

const connection = emulatedConnection();
const { projectId } = connection;
const clients = makeClients(connection);
const { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
const settings = { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST, GOOGLE_CLOUD_PROJECT: projectId };
const event = '{"event_id": 1001, "type": "LeadCreated", "timestamp": "2025-02-09T12:00:00", "valid": true}';

const started: ServedFunction[] = [];
async function start(
  name: FunctionName,
  more: NodeJS.ProcessEnv = {},
  nodeOptions?: readonly string[],
): Promise<ServedFunction> {
  const served = await ServedFunction.start(name, { ...settings, ...more }, undefined, nodeOptions);
  started.push(served);
  return served;
}

const listeners = new TopicListeners();
/** The messages that come on a topic from now on, one at a time. */
async function listen(topic: TopicName): Promise<() => Promise<Message>> {
  const received = await listeners.listen(await clients.pubsub(), topic);
  return async () => (await received(1))[0]!;
}

afterAll(async () => {
  await Promise.all(started.map((served) => served.stop()));
  await listeners.close();
  await clients.close();
});

describe('an error that nobody catches', () => {
  it('ends the function, and is logged without its message, which may quote an event', async () => {
    const thrown = 'throw new SyntaxError("Unexpected token in ada@example.com")';
    const later = `process.once("SIGUSR2", () => { setImmediate(() => { ${thrown}; }); })`;
    const served = await start('validate', {}, ['--import', `data:text/javascript,${encodeURIComponent(later)}`]);
    served.signal('SIGUSR2');
    await served.says('"message":"an error was not caught"');
    expect(await served.ended()).toBe(1);
    expect(served.output).toContain('"name":"SyntaxError"');
    expect(served.output).not.toContain('ada@example.com');
  });
});

describe('validate, served', () => {
  let validate: ServedFunction;
  let validated: () => Promise<Message>;
  let letter: () => Promise<Message>;
  beforeAll(async () => {
    [validated, letter] = await Promise.all([listen('validated-events'), listen('dead-letter-queue')]);
    validate = await start('validate');
  });

  it("acks an event once validated-events has the producer's bytes", async () => {
    const status = await validate.push({ path: '/events', subscription: 'validate-events', data: event });
    expect(status).toBe(204);
    const { data, attributes } = await validated();
    expect(String(data)).toBe(event);
    expect(attributes).toMatchObject({ 'eventmend-root': 'events/2070443601311540' });
  });

  it('dead-letters a message without data', async () => {
    const push = { path: '/events', subscription: 'validate-events', attributes: { stream: 'default' } };
    expect(await validate.push(push)).toBe(204);
    expect((await letter()).attributes['eventmend-code']).toBe('ERR_UNDECODABLE');
  });

  it('dead-letters a message of which it knows nothing at all', async () => {
    expect(await validate.push({ path: '/events', subscription: 'validate-events' })).toBe(204);
    expect((await letter()).attributes['eventmend-code']).toBe('ERR_UNDECODABLE');
  });

  it('passes on attributes with odd names', async () => {
    const attributes = JSON.parse('{"__proto__": "odd", "constructor": "too"}') as Record<string, string>;
    await validate.push({ path: '/events', subscription: 'validate-events', data: event, attributes });
    const message = await validated();
    expect(Object.entries(message.attributes)).toEqual(
      expect.arrayContaining([
        ['__proto__', 'odd'],
        ['constructor', 'too'],
      ]),
    );
  });

  it('keeps a message that is too large to pass on, though it had no need of Firestore before', async () => {
    const data = Buffer.alloc(9_500_000, ' ');
    expect(await validate.push({ path: '/events', subscription: 'validate-events', data })).toBe(204);
    const { attributes } = await letter();
    expect(attributes).toMatchObject({ 'eventmend-code': 'ERR_TOO_LARGE', 'eventmend-body': 'kept' });
  });

  it('turns away what is no push', async () => {
    expect(await validate.post('/events', { hello: 'world' })).toBe(400);
    expect((await validate.fetch('/events')).status).toBe(405);
  });

  it('believes no subscription of a topic that its path does not name', async () => {
    const push = { path: '/mended-events', subscription: 'validate-events', data: event };
    expect(await validate.push(push)).toBe(400);
  });

  it('does not ack what it cannot publish, and says why without a value of the event', async () => {
    const nowhere = await start('validate', { GOOGLE_CLOUD_PROJECT: 'no-topics-here' });
    expect(await nowhere.push({ path: '/events', subscription: 'validate-events', data: event })).toBe(500);
    await nowhere.says('a delivery failed');
    const line = nowhere.output.split('\n').find((text) => text.includes('a delivery failed'))!;
    expect(JSON.parse(line)).toMatchObject({
      severity: 'ERROR',
      function: 'validate',
      errors: [{ name: 'RetryableError', message: 'publishing on validated-events failed' }, { code: 5 }],
    });
    expect(nowhere.output).not.toContain('LeadCreated');
  });

  it('ends in order when it is told to, and tells its counts', async () => {
    const brief = await start('validate');
    await brief.push({ path: '/events', subscription: 'validate-events', data: event });
    expect(await brief.stop()).toBe(0);
    expect(brief.output).toContain('"message":"counts","function":"validate","counts":{"received":1');
  });
});

/** Of Node's command line: as if Node had no channel on which it announces requests. */
const withoutAnnouncements = `--import=data:text/javascript,${encodeURIComponent(
  `import channels from 'node:diagnostics_channel'; channels.subscribe = () => undefined;`,
)}`;

describe('the server of a function', () => {
  const push = { path: '/events', subscription: 'validate-events', data: event };
  const fallBack = 'the framework serves pushes';

  it('is taken over at the first request: the framework serves none', async () => {
    const validate = await start('validate');
    // The framework answers 404 here, before it calls the function.
    const { status, headers } = await validate.fetch('/favicon.ico');
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
    expect(await validate.push(push)).toBe(204);
    await validate.stop();
    expect(validate.output).not.toContain(fallBack);
  });

  it('is left to the framework where Node announces no requests: it serves, and says so once', async () => {
    const validate = await start('validate', {}, [withoutAnnouncements]);
    expect((await validate.fetch('/favicon.ico')).status).toBe(404);
    expect([await validate.push(push), await validate.push(push)]).toEqual([204, 204]);
    expect(await validate.post('/events', { hello: 'world' })).toBe(400);
    expect(await validate.stop()).toBe(0);
    expect(validate.output.split(fallBack)).toHaveLength(2);
  });

  it('answers what is in flight before it ends', async () => {
    const proxy = await TcpProxy.to(String(PUBSUB_EMULATOR_HOST));
    const validate = await start('validate', { PUBSUB_EMULATOR_HOST: proxy.host });
    const held = proxy.holdRequest('"event_id": 1001');
    const answer = validate.push(push);
    await held;
    const ended = validate.stop();
    proxy.release();
    proxy.breakConnections();
    expect([await answer, await ended]).toEqual([204, 0]);
    proxy.close();
  });

  it('writes the counts before it answers the last delivery in flight, after which it may have no CPU', async () => {
    const validate = await start('validate', { COUNTS_INTERVAL_MS: '600000' });
    expect(await validate.push(push)).toBe(204);
    await validate.says('"message":"counts","function":"validate","counts":{"received":1');
  });
});

describe('track, served', () => {
  it('publishes a clean event, and notes that it did before it ends', async () => {
    const cleaned = await listen('cleaned-events');
    const validated = await listen('validated-events');
    const [validate, track] = await Promise.all([start('validate'), start('track')]);
    await validate.push({ path: '/events', subscription: 'validate-events', data: event });
    const { data, attributes } = await validated();
    const push = { path: '/validated-events', subscription: 'track-validated-events', data, attributes };
    expect(await track.push(push)).toBe(204);
    expect((await cleaned()).attributes).toMatchObject({ event_id: '1001', origin: 'producer' });
    expect(await track.stop()).toBe(0);
    const [stored] = await new FirestoreBlockStore(await clients.database.state()).read([
      { stream: 'default', index: 3 },
    ]);
    expect(stored!.block.cells[1001 % 256]).toMatchObject([{ state: 'clean', published: true }]);
  });
});

describe('every function', () => {
  it.each(deliveredTo)('is served: %s turns away what is no push', async (target) => {
    const served = await start(target);
    expect(await served.post('/events', {})).toBe(400);
    expect(await served.stop()).toBe(0);
  });

  it('is served: console shows its page and takes no orders', async () => {
    const served = await start('console');
    const page = await served.fetch('/');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await served.post('/', {})).toBe(405);
    expect(await served.stop()).toBe(0);
  });
});

it('a function ends in order when it is told to at the very moment of its first request', async () => {
  const served = await start('verify');
  expect(await served.stopWithRequest()).toBe(0);
});

describe('a function with wrong settings', () => {
  it('does not start, and names all that is wrong at once', async () => {
    const served = await ServedFunction.spawn('validate', {
      PUBLISH_TIMEOUT_MS: 'soon',
      FUNCTION_TARGET: 'validation',
    });
    expect(await served.ended()).toBe(1);
    expect(served.output).toContain('PUBLISH_TIMEOUT_MS is "soon"');
    expect(served.output).toContain('FUNCTION_TARGET is "validation"; it must be one of validate,');
    expect(served.output).toContain('GOOGLE_CLOUD_PROJECT is not set');
  });

  it('does not start as another than the one that it is', async () => {
    const served = await ServedFunction.spawn('validate', { ...settings, FUNCTION_TARGET: 'track' });
    expect(await served.ended()).toBe(1);
    expect(served.output).toContain('FUNCTION_TARGET is track, but this is the bundle of validate');
  });
});
