import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Console } from '../../functions/console/handler.ts';
import { ConfigError } from '../../shared/errors.ts';
import { goneSignal, sendPieces } from '../../shared/send-pieces.ts';

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

/** The maximum size of a body, in bytes: a letter of 9.5 MB in JSON, in which characters may be escaped. */
const maxBodyBytes = 32 * 1024 * 1024;

async function serve(console: Console, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const [path = '', ...query] = url.split('?');
  try {
    const body = await readWhole(request);
    if (!body) {
      sendError(response, 413, 'too-large', 'The body is too large.', `Send at most ${maxBodyBytes} bytes.`);
      return;
    }
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, textOf(value)]));
    const gone = goneSignal(response);
    const asked = { method, path, query: new URLSearchParams(query.join('?')), headers: given, body, gone };
    const answer = await console(asked);
    response.writeHead(answer.status, answer.headers);
    if (answer.rest && method !== 'HEAD') await sendPieces(answer.rest, response);
    else response.end(answer.body);
  } catch (error) {
    process.stderr.write(`The console failed to answer ${method} ${path}: ${String(error)}\n`);
    if (response.headersSent) response.destroy();
    else sendError(response, 500, 'bug', 'The console failed.', 'Its output says why.');
  }
}

/** Reads a body. Undefined if it is too large. */
async function readWhole(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}

function sendError(response: ServerResponse, status: number, code: string, message: string, next: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  });
  response.end(`${JSON.stringify({ error: { code, message, next } })}\n`);
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
