import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ByteBudget } from '../../functions/byte-budget.ts';
import type { PushAnswer, PushRequest } from '../../functions/push-endpoint.ts';
import { maxBodyMs, maxPushBytes } from '../../functions/push-limits.ts';
import { makePushServer } from '../../functions/push-server.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { turn } from '../../shared/embedded/steps.ts';
import { RawClient } from './raw-client.ts';

const noon = Date.UTC(2025, 1, 9, 12);
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A server of pushes on this machine. Its endpoint answers 204, or what the test decides for each request. */
async function aServer({ maxBytes = 1_000, serve = () => Promise.resolve<PushAnswer>({ status: 204 }) } = {}) {
  const served: PushRequest[] = [];
  const errors: { error: unknown; traceId: string | undefined }[] = [];
  const clock = new VirtualClock(noon);
  const budget = new ByteBudget(maxBytes);
  const { request, checkContinue } = makePushServer({
    endpoint: {
      serve: (push) => {
        served.push(push);
        return serve();
      },
    },
    budget,
    clock,
    log: { count: () => undefined, error: (_, error, traceId) => errors.push({ error, traceId }) },
  });
  const server = createServer(request).on('checkContinue', checkContinue);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers });
  return { server, port, served, errors, clock, budget, post };
}

/** An endpoint whose answers wait until the test gives them. */
function heldAnswers() {
  const answers: ((answer: PushAnswer) => void)[] = [];
  const serve = () =>
    new Promise<PushAnswer>((resolve) => {
      answers.push(resolve);
    });
  return { serve, answers };
}

describe('a push server', () => {
  it('brings the path without its query, the body as JSON, the time of arrival and the trace to the endpoint', async () => {
    const { post, served } = await aServer();
    const response = await post('/events?a=b', '{"message": {}}', { traceparent });
    expect([response.status, await response.text()]).toEqual([204, '']);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    expect(served).toEqual([{ path: '/events', body: { message: {} }, arrivedAtMs: noon, traceId }]);
  });

  it.each([
    [400, 'not a push'],
    [503, 'the instance is ending'],
  ] as const)('answers %s with the reason that the endpoint gives', async (status, body) => {
    const { post } = await aServer({ serve: () => Promise.resolve({ status, body }) });
    const response = await post('/events', '{}');
    expect([response.status, await response.text()]).toEqual([status, body]);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it.each(['', 'no JSON', '{"message"'])('leaves it to the endpoint to turn away a body of "%s"', async (body) => {
    const { post, served } = await aServer();
    await post('/events', body);
    expect(served).toMatchObject([{ body: undefined }]);
  });

  it('puts together a body that comes in parts, also within a character', async () => {
    const { port, served } = await aServer();
    const client = await RawClient.connect(port);
    const body = Buffer.from('{"text": "ä"}');
    client.sendHead('/events', { 'content-length': body.length });
    for (const byte of body) client.send(Buffer.of(byte));
    expect(await client.status()).toBe(204);
    expect(served).toMatchObject([{ body: { text: 'ä' } }]);
  });

  it.each(['GET', 'PUT', 'HEAD'])('answers %s 405, and says what it takes', async (method) => {
    const { port, served } = await aServer();
    const response = await fetch(`http://127.0.0.1:${port}/events`, { method });
    expect([response.status, response.headers.get('allow'), served]).toEqual([405, 'POST', []]);
  });

  it('answers a body in an encoding 415, and logs it: nobody decodes it', async () => {
    const { post, served, errors } = await aServer();
    const response = await post('/events', '{}', { 'content-encoding': 'gzip', traceparent });
    expect([response.status, served]).toEqual([415, []]);
    expect(errors).toMatchObject([{ traceId: '0af7651916cd43dd8448eb211c80319c' }]);
    expect((await post('/events', '{}', { 'content-encoding': 'identity' })).status).toBe(204);
  });
});

describe('the bodies in flight', () => {
  it('fill the budget: a further one is answered 503 before it is sent, and its connection lives on', async () => {
    const { serve, answers } = heldAnswers();
    const { port, post } = await aServer({ serve, maxBytes: 1_000_000 });
    const held = post('/events', JSON.stringify('x'.repeat(600_000)));
    const client = await RawClient.connect(port);
    while (answers.length < 1) await turn();
    client.sendHead('/events', { 'content-length': 500_000 });
    expect(await client.status()).toBe(503);
    answers[0]?.({ status: 204 });
    expect((await held).status).toBe(204);
    client.send(Buffer.alloc(500_000, ' '));
    client.sendHead('/events', { 'content-length': 2 });
    client.send('{}');
    while (answers.length < 2) await turn();
    answers[1]?.({ status: 204 });
    expect(await client.status()).toBe(204);
  });

  it('are counted no longer when the client goes away in the middle of a body', async () => {
    const { server, port, budget } = await aServer();
    const client = await RawClient.connect(port);
    const arrived = once(server, 'request');
    client.sendHead('/events', { 'content-length': 1_000 });
    client.send('{');
    const [request] = (await arrived) as [NodeJS.EventEmitter];
    expect(budget.reserve(1)).toBeUndefined();
    const closed = new Promise((resolve) => request.once('close', resolve));
    client.destroy();
    await closed;
    await turn();
    expect(budget.reserve(1_000)).toBeDefined();
  });

  it('are counted no longer when the client goes away that had sent several requests at once', async () => {
    const { serve, answers } = heldAnswers();
    const { server, port, budget } = await aServer({ serve });
    const client = await RawClient.connect(port);
    const arrived = once(server, 'request');
    for (let i = 0; i < 3; i++) {
      client.sendHead('/events', { 'content-length': 100 });
      client.send(Buffer.alloc(100, ' '));
    }
    const [request] = (await arrived) as [IncomingMessage];
    while (answers.length < 3) await turn();
    const closed = once(request.socket, 'close');
    client.destroy();
    await closed;
    for (const answer of answers) answer({ status: 204 });
    await turn();
    await turn();
    expect(budget.reserve(1_000)).toBeDefined();
  });

  it('are counted until the endpoint has answered, also where the client went away before', async () => {
    const { serve, answers } = heldAnswers();
    const { server, port, budget } = await aServer({ serve });
    const client = await RawClient.connect(port);
    const arrived = once(server, 'request');
    client.sendHead('/events', { 'content-length': 1_000 });
    client.send(Buffer.alloc(1_000, ' '));
    const [, response] = (await arrived) as [unknown, NodeJS.EventEmitter];
    while (answers.length < 1) await turn();
    const closed = once(response, 'close');
    client.destroy();
    await closed;
    expect(budget.reserve(1)).toBeUndefined();
    answers[0]?.({ status: 204 });
    await turn();
    expect(budget.reserve(1_000)).toBeDefined();
  });

  it('do not include one that is longer than all of the budget: it is answered 413, and logged', async () => {
    const { port, errors } = await aServer({ maxBytes: 1_000 });
    const client = await RawClient.connect(port);
    client.sendHead('/events', { 'content-length': 1_001 });
    expect(await client.status()).toBe(413);
    expect(errors).toHaveLength(1);
  });

  it('count a body in chunks as the longest push', async () => {
    const { server, port, post } = await aServer({ maxBytes: maxPushBytes + 9 });
    const client = await RawClient.connect(port);
    const arrived = once(server, 'request');
    client.sendHead('/events', { 'transfer-encoding': 'chunked' });
    await arrived;
    expect((await post('/events', '"12345678"')).status).toBe(503);
    expect((await post('/events', '"1234567"')).status).toBe(204);
    client.send('2\r\n{}\r\n0\r\n\r\n');
    expect(await client.status()).toBe(204);
    expect((await post('/events', '"12345678"')).status).toBe(204);
  });

  it('cut a body in chunks that is longer than the longest push', async () => {
    const { port, budget, served } = await aServer({ maxBytes: maxPushBytes });
    const client = await RawClient.connect(port);
    client.sendHead('/events', { 'transfer-encoding': 'chunked' });
    const chunk = Buffer.alloc(1_000_000, ' ');
    const size = chunk.length.toString(16);
    for (let sent = 0; sent <= maxPushBytes; sent += chunk.length) client.send(`${size}\r\n${chunk.toString()}\r\n`);
    expect(await client.status()).toBe(413);
    await client.closed();
    expect(served).toEqual([]);
    expect(budget.reserve(maxPushBytes)).toBeDefined();
  });

  it('hold their share for a limited time: a body that does not come is answered 408', async () => {
    const { server, port, budget, clock, errors } = await aServer();
    const client = await RawClient.connect(port);
    const arrived = once(server, 'request');
    client.sendHead('/events', { 'content-length': 1_000 });
    client.send('{');
    await arrived;
    clock.advance(maxBodyMs);
    expect(await client.status()).toBe(408);
    await client.closed();
    expect(errors).toHaveLength(1);
    expect(budget.reserve(1_000)).toBeDefined();
  });

  it('leave no timer behind once they have come', async () => {
    const { post, clock } = await aServer();
    await post('/events', '{}');
    expect(clock.runNext()).toBe(false);
  });
});

describe('a client that asks before it sends its body', () => {
  it('is told to go on where there is room', async () => {
    const { port, served } = await aServer();
    const client = await RawClient.connect(port);
    client.sendHead('/events', { 'content-length': 2, expect: '100-continue' });
    expect(await client.status()).toBe(100);
    client.send('{}');
    expect(await client.status()).toBe(204);
    expect(served).toHaveLength(1);
  });

  it('is answered 503 where there is none, and is never told to go on', async () => {
    const { port, budget } = await aServer();
    budget.reserve(999);
    const client = await RawClient.connect(port);
    client.sendHead('/events', { 'content-length': 2, expect: '100-continue' });
    expect(await client.status()).toBe(503);
    await client.closed();
  });
});
