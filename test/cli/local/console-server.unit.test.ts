import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { startConsoleServer, type ConsoleServer } from '../../../cli/local/console-server.ts';
import type { Console, ConsoleRequest } from '../../../functions/console/handler.ts';
import { ConfigError } from '../../../shared/errors.ts';

const asked: ConsoleRequest[] = [];
/** Told when a request has come in that is never answered. */
let endless: () => void;
/** Told when the client of such a request has gone away. */
let left: () => void = () => undefined;
const console: Console = async (received) => {
  asked.push(received);
  if (received.path === '/bug') throw new TypeError('a bug');
  if (received.path === '/endless') {
    received.gone?.addEventListener('abort', left);
    return new Promise(endless);
  }
  if (received.path === '/pieces') return { status: 200, headers: {}, body: '', rest: pieces() };
  return { status: 418, headers: { 'X-From': 'console' }, body: 'é' };
};

async function* pieces(): AsyncGenerator<string> {
  yield 'one ';
  yield Promise.resolve('two');
}

let server: ConsoleServer;
beforeAll(async () => {
  server = await startConsoleServer({ console, port: 0 });
});
afterAll(async () => {
  await server.close();
});
beforeEach(() => {
  asked.length = 0;
});

test('passes on method, path and query, and the whole answer', async () => {
  const answer = await ask({ path: '/api/streams/a%2Fb/gaps?limit=3&x=?' });
  expect(answer).toMatchObject({ status: 418, body: 'é' });
  expect(answer.headers['x-from']).toBe('console');
  expect(asked).toEqual([
    expect.objectContaining({
      method: 'GET',
      path: '/api/streams/a%2Fb/gaps',
      query: new URLSearchParams({ limit: '3', x: '?' }),
      headers: expect.objectContaining({ connection: 'close' }) as unknown,
    }),
  ]);
});

test('answers a HEAD without a body', async () => {
  expect(await ask({ method: 'HEAD' })).toMatchObject({ status: 418, body: '' });
});

test.each(['//evil.example/', '/%', '/../x', '*'])('passes on the path %s as it is', async (path) => {
  await ask({ path });
  expect(asked[0]?.path).toBe(path);
});

test('passes on the host and the body of a request', async () => {
  await ask({ method: 'POST', host: 'evil.example', sends: '{"note":"é"}' });
  expect(asked[0]?.headers?.host).toBe('evil.example');
  expect(Buffer.from(asked[0]?.body ?? '').toString()).toBe('{"note":"é"}');
});

test('refuses a body that no letter has, before the console sees it', async () => {
  const { status } = await ask({ method: 'POST', sends: Buffer.alloc(32 * 1024 * 1024 + 1) });
  expect([status, asked]).toEqual([413, []]);
});

test('sends a body piece by piece', async () => {
  expect(await ask({ path: '/pieces' })).toMatchObject({ status: 200, body: 'one two' });
});

test('tells the console at once that a client has gone away', async () => {
  const isAsked = new Promise<void>((resolve) => {
    endless = resolve;
  });
  const hasLeft = new Promise<void>((resolve) => {
    left = resolve;
  });
  const client = request({ host: '127.0.0.1', port: new URL(server.url).port, path: '/endless' });
  client.on('error', () => undefined).end();
  await isAsked;
  client.destroy();
  await hasLeft;
  expect(asked[0]?.gone?.aborted).toBe(true);
});

test('answers 500 when the console fails, and tells no one but its own output why', async () => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { status, body } = await ask({ path: '/bug' });
  expect([status, JSON.parse(body)]).toMatchObject([500, { error: { code: 'bug', next: 'Its output says why.' } }]);
  expect(write).toHaveBeenCalledWith(expect.stringContaining('a bug'));
  write.mockRestore();
});

test('says which setting to change when the port is taken', async () => {
  const taken = Number(new URL(server.url).port);
  const start = startConsoleServer({ console, port: taken });
  await expect(start).rejects.toThrow(ConfigError);
  await expect(start).rejects.toThrow(`PORT is ${taken}, which another program is using: set PORT to another, or to 0`);
});

test('closes while an answer is still awaited', async () => {
  const isAsked = new Promise<void>((resolve) => {
    endless = resolve;
  });
  const second = await startConsoleServer({ console, port: 0 });
  const answer = ask({ port: Number(new URL(second.url).port), path: '/endless' });
  await Promise.all([isAsked, expect(answer).rejects.toThrow('socket hang up'), isAsked.then(() => second.close())]);
});

test('closes while a browser holds its connection open, and lets go of the port', async () => {
  const second = await startConsoleServer({ console, port: 0 });
  const port = Number(new URL(second.url).port);
  await ask({ port, keepAlive: true });
  await second.close();
  await expect(canListen(port)).resolves.toBe(true);
});

test('listens to this machine alone', async () => {
  const port = Number(new URL(server.url).port);
  expect(server.url).toBe(`http://localhost:${port}`);
  // Another address of the same machine is still free.
  await expect(canListen(port, '127.0.0.2')).resolves.toBe(true);
});

interface Ask {
  readonly path?: string;
  readonly method?: string;
  readonly host?: string;
  readonly port?: number;
  readonly keepAlive?: boolean;
  readonly sends?: string | Uint8Array;
}

function ask({ path = '/', method = 'GET', host, port, keepAlive = false, sends }: Ask) {
  return new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const headers = { connection: keepAlive ? 'keep-alive' : 'close', ...(host !== undefined && { host }) };
      const to = { host: '127.0.0.1', port: port ?? Number(new URL(server.url).port), path, method, headers };
      request(to, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, body });
        });
      })
        .on('error', reject)
        .end(sends);
    },
  );
}

async function canListen(port: number, host = '127.0.0.1'): Promise<boolean> {
  const probe = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, host, () => {
      resolve((probe.address() as AddressInfo).port === port);
    });
  });
  if (isListening) await new Promise((resolve) => probe.close(resolve));
  return isListening;
}
