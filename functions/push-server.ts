import type { IncomingMessage, ServerResponse } from 'node:http';
import { RetryableError } from '../shared/errors.ts';
import { traceIdOf } from '../shared/gcp/log.ts';
import type { Clock } from '../shared/ports.ts';
import { EnvelopeError } from '../shared/messages/push.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { EndpointLog } from './deliver.ts';
import { tooMuchInFlight, type PushAnswer, type PushEndpoint } from './push-endpoint.ts';
import { maxBodyMs, maxPushBytes } from './push-limits.ts';
import { readBody } from './read-body.ts';
import type { RequestListeners } from './take-over-server.ts';

export interface PushServerDeps {
  readonly endpoint: Pick<PushEndpoint, 'serve'>;
  /** The budget for the bodies in memory. */
  readonly budget: ByteBudget;
  readonly clock: Clock;
  readonly log: EndpointLog;
}

/** An answer to a request that does not reach the endpoint, and the error to log. */
interface Refusal {
  readonly status: 405 | 408 | 413 | 415;
  readonly error: Error;
}

/**
 * Makes the listeners of a server for pushes. A body is counted before it is read. If there is no room for it, the
 * answer is 503 immediately. Node then drops the body as it arrives, and the connection stays open.
 */
export function makePushServer(deps: PushServerDeps): RequestListeners {
  return {
    request: (request, response) => void serve(deps, request, response),
    checkContinue: (request, response) => {
      void serve(deps, request, response, () => {
        response.writeContinue();
      });
    },
  };
}

/** @param onAdmitted Called when there is room for the body. */
async function serve(
  deps: PushServerDeps,
  request: IncomingMessage,
  response: ServerResponse,
  onAdmitted?: () => void,
): Promise<void> {
  const { budget, clock, log } = deps;
  const arrivedAtMs = clock.now();
  const maxBytes = lengthOf(request) ?? maxPushBytes;
  const refusal = refusalOf(request, maxBytes, budget.maxBytes);
  if (refusal) {
    refuse(log, request, response, refusal);
    return;
  }
  const release = budget.reserve(maxBytes);
  if (!release) {
    reply(response, tooMuchInFlight);
    return;
  }
  onAdmitted?.();
  await answer(deps, request, response, { arrivedAtMs, maxBytes });
  // The client may have closed the connection, but the endpoint held the message until now.
  releaseAtEnd(request, response, release);
}

/**
 * Releases the bytes of a body when its response or its connection is closed. The response alone is not enough: if it
 * waits behind another one on the same connection and the client disconnects, it is never closed.
 */
function releaseAtEnd({ socket }: IncomingMessage, response: ServerResponse, release: () => void): void {
  const end = (): void => {
    socket.off('close', end);
    release();
  };
  if (response.closed || socket.destroyed) end();
  else {
    response.once('close', end);
    socket.once('close', end);
  }
}

/** Reads the body of an admitted request, and answers the request. */
async function answer(
  { endpoint, clock, log }: PushServerDeps,
  request: IncomingMessage,
  response: ServerResponse,
  { arrivedAtMs, maxBytes }: { readonly arrivedAtMs: number; readonly maxBytes: number },
): Promise<void> {
  const read = await readJson(request, clock, maxBytes);
  if (read === 'gone') return;
  if ('json' in read) {
    const traceId = traceIdOf(request.headers);
    reply(response, await endpoint.serve({ path: pathOf(request), body: read.json, arrivedAtMs, traceId }));
    return;
  }
  // The rest of the body is not read.
  response.setHeader('connection', 'close');
  refuse(log, request, response, read);
}

/** Returns the announced length of the body. Undefined for a chunked body. */
function lengthOf({ headers }: IncomingMessage): number | undefined {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : undefined;
}

/**
 * Returns why a request is refused permanently. A known length is refused only if it exceeds the whole budget, even if
 * it is more than Pub/Sub pushes today. After a refusal the message comes again until Pub/Sub gives up.
 */
function refusalOf({ method, headers }: IncomingMessage, bytes: number, maxBytes: number): Refusal | undefined {
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (method !== 'POST') return { status: 405, error: new EnvelopeError(['method: not POST']) };
  if (encoding !== 'identity') return { status: 415, error: new EnvelopeError(['content-encoding: not identity']) };
  if (bytes > maxBytes) return tooLong(maxBytes);
  return undefined;
}

function tooLong(maxBytes: number): Refusal {
  return { status: 413, error: new EnvelopeError([`body: longer than ${maxBytes} bytes`]) };
}

/** Reads the body as JSON. Invalid JSON becomes undefined. */
async function readJson(
  request: IncomingMessage,
  clock: Clock,
  maxBytes: number,
): Promise<{ readonly json: unknown } | Refusal | 'gone'> {
  const read = await readBody(request, clock, { maxBytes, maxMs: maxBodyMs });
  if (read === 'gone') return 'gone';
  if (read === 'too-long') return tooLong(maxBytes);
  if (read === 'too-slow')
    return { status: 408, error: new RetryableError(`the body did not arrive within ${maxBodyMs} ms`) };
  try {
    return { json: JSON.parse(read.toString()) };
  } catch {
    return { json: undefined };
  }
}

/** Returns the path of a request, without the query. */
function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function refuse(
  log: EndpointLog,
  request: IncomingMessage,
  response: ServerResponse,
  { status, error }: Refusal,
): void {
  log.error('a request was turned away', error, traceIdOf(request.headers));
  if (status === 405) response.setHeader('allow', 'POST');
  reply(response, { status, body: error.message });
}

function reply(response: ServerResponse, { status, body }: PushAnswer | { status: number; body: string }): void {
  response.statusCode = status;
  if (body !== undefined) response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(body);
}
