import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { takeOverServer } from '../../functions/take-over-server.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A listener that answers with a name. */
const says =
  (name: string): RequestListener =>
  (_, response) =>
    response.end(name);

/** A server as the framework makes one, and what answers a request to it. */
async function aFrameworkServer() {
  const server = createServer(says('framework'));
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
}

const ours = { request: says('ours'), checkContinue: says('ours, after 100 Continue') };

describe('a server that was taken over', () => {
  it('serves by our listeners from its first request on', async () => {
    const ask = await aFrameworkServer();
    let taken = 0;
    takeOverServer(ours, () => taken++);
    expect(taken).toBe(0);
    expect([await ask(), await ask(), taken]).toEqual(['ours', 'ours', 1]);
  });

  it('is the only one: a server that is asked later serves by its own', async () => {
    const [ask, askOther] = [await aFrameworkServer(), await aFrameworkServer()];
    takeOverServer(ours, () => undefined);
    expect([await ask(), await askOther()]).toEqual(['ours', 'framework']);
  });
});

it('a server serves by its own listeners where Node does not say which server has the request', async () => {
  const ask = await aFrameworkServer();
  let taken = 0;
  takeOverServer(ours, () => taken++);
  channel('http.server.request.start').publish({ request: {} });
  expect([await ask(), taken]).toEqual(['framework', 0]);
});
