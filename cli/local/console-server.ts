import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Console } from '../../functions/console/handler.ts';
import { ConfigError } from '../../shared/errors.ts';

export interface ConsoleServerOptions {
  readonly console: Console;
  /** 0 for any free port. */
  readonly port: number;
}

export interface ConsoleServer {
  readonly url: string;
  /** Stops serving, and closes connections that are still open. */
  close(): Promise<void>;
}

/** The loopback address: the console asks for no password. */
const address = '127.0.0.1';

/** Serves the console to this machine. @throws ConfigError if the port is not available. */
export async function startConsoleServer({ console, port }: ConsoleServerOptions): Promise<ConsoleServer> {
  const server = createServer((request, response) => {
    void serve(console, request, response);
  });
  await listen(server, port);
  const { port: actualPort } = server.address() as AddressInfo;
  return { url: `http://localhost:${actualPort}`, close: () => close(server) };
}

async function serve(console: Console, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Another site can make its name lead to this machine (DNS rebinding). Its pages could then read the console.
  if (!isLocal(request.headers.host)) {
    sendError(response, 421, 'The console is served as localhost and 127.0.0.1 only.');
    return;
  }
  const { method = 'GET', url = '/' } = request;
  const [path = '', ...query] = url.split('?');
  try {
    const answer = await console({ method, path, query: new URLSearchParams(query.join('?')) });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  } catch (error) {
    process.stderr.write(`The console failed to answer ${method} ${path}: ${String(error)}\n`);
    sendError(response, 500, 'The console failed: its output says why.');
  }
}

function isLocal(host: string | undefined): boolean {
  return host !== undefined && /^(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/i.test(host);
}

function sendError(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(`${JSON.stringify({ error: message })}\n`);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(problemOf(port, error) ?? error);
    });
    server.listen(port, address, resolve);
  });
}

function problemOf(port: number, { code }: NodeJS.ErrnoException): ConfigError | undefined {
  const advice = 'set PORT to another, or to 0 for any free port';
  if (code === 'EADDRINUSE') return new ConfigError([`PORT is ${port}, which another program is using: ${advice}`]);
  if (code === 'EACCES') return new ConfigError([`PORT is ${port}, which this user may not listen on: ${advice}`]);
  return undefined;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => {
      if (error) reject(error);
      else resolve();
    });
    server.closeAllConnections();
  });
}
