import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { startConsoleServer, type ConsoleServer } from '../../../cli/local/console-server.ts';
import type { Console, ConsoleRequest } from '../../../functions/console/handler.ts';
import { ConfigError } from '../../../shared/errors.ts';

const asked: ConsoleRequest[] = [];
/** Told when a request has come in that is never answered. */
let endless: () => void;
const console: Console = async (received) => {
  asked.push(received);
  if (received.path === '/bug') throw new TypeError('a bug');
  if (received.path === '/endless') return new Promise(endless);
  return { status: 418, headers: { 'X-From': 'console' }, body: 'é' };
};

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
    { method: 'GET', path: '/api/streams/a%2Fb/gaps', query: new URLSearchParams({ limit: '3', x: '?' }) },
  ]);
});

test('answers a HEAD without a body', async () => {
  expect(await ask({ method: 'HEAD' })).toMatchObject({ status: 418, body: '' });
});

test.each(['//evil.example/', '/%', '/../x', '*'])('passes on the path %s as it is', async (path) => {
  await ask({ path });
  expect(asked[0]?.path).toBe(path);
});

test.each(['localhost', 'LOCALHOST:8080', '127.0.0.1', '127.0.0.1:9000'])('serves %s', async (host) => {
  expect((await ask({ host })).status).toBe(418);
});

test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', 'localhost:80:80', '192.168.0.1'])(
  'refuses "%s", a name that may have been made to lead here',
  async (host) => {
    expect((await ask({ host })).status).toBe(421);
    expect(asked).toEqual([]);
  },
);

test('answers 500 when the console fails, and tells no one but its own output why', async () => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { status, body } = await ask({ path: '/bug' });
  expect([status, body]).toEqual([500, '{"error":"The console failed: its output says why."}\n']);
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
}

function ask({ path = '/', method = 'GET', host, port, keepAlive = false }: Ask) {
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
        .end();
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
