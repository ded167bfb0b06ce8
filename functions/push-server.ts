import type { IncomingMessage, ServerResponse } from 'node:http';
import { RetryableError } from '../shared/errors.ts';
import { traceIdOf } from '../shared/gcp/log.ts';
import type { Clock } from '../shared/ports.ts';
import { EnvelopeError } from '../shared/messages/push.ts';
import type { ByteBudget } from './byte-budget.ts';
import { tooMuchInFlight, type EndpointLog, type PushAnswer, type PushEndpoint } from './push-endpoint.ts';
import { maxBodyMs, maxPushBytes } from './push-limits.ts';
import { readBody } from './read-body.ts';
import type { RequestListeners } from './take-over-server.ts';

export interface PushServerDeps {
  readonly endpoint: Pick<PushEndpoint, 'serve'>;
  /** Bounds the bodies that are held at the same time. */
  readonly budget: ByteBudget;
  readonly clock: Clock;
  readonly log: EndpointLog;
}

/** An answer to a request that does not reach the endpoint, and what is logged of it. */
interface Refusal {
  readonly status: 405 | 408 | 413 | 415;
  readonly error: Error;
}

/**
 * Makes the listeners of a server that takes pushes. A body is counted before it is read: while there is no room for it, the request
 * is answered 503 at once. Node then drops the body as it comes, and the connection lives on.
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

/** @param onAdmitted Is called once there is room for the body. */
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
  // A client that went away has closed the response, while the endpoint held the message until now.
  releaseAtEnd(request, response, release);
}

/**
 * Releases the bytes of a body once its response is closed, or its connection: a response that waits behind another one on the same
 * connection is never closed when the client goes away.
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

/** Reads the body of a request that there is room for, and answers it. */
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
  // Nobody waits for the rest of the body.
  response.setHeader('connection', 'close');
  refuse(log, request, response, read);
}

/** Returns the length that the body announces; undefined for one that comes in chunks. */
function lengthOf({ headers }: IncomingMessage): number | undefined {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : undefined;
}

/**
 * Returns why a request is refused for good. A known length is refused only where the whole budget cannot hold it, even if it exceeds
 * what Pub/Sub pushes today: to refuse more would mean that the message comes again until Pub/Sub gives up.
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

/** Reads the body as JSON; what is no JSON is undefined. The bytes are gone once it is read. */
async function readJson(
  request: IncomingMessage,
  clock: Clock,
  maxBytes: number,
): Promise<{ readonly json: unknown } | Refusal | 'gone'> {
  const read = await readBody(request, clock, { maxBytes, maxMs: maxBodyMs });
  if (read === 'gone') return 'gone';
  if (read === 'too-long') return tooLong(maxBytes);
  if (read === 'too-slow')
    return { status: 408, error: new RetryableError(`the body did not come within ${maxBodyMs} ms`) };
  try {
    return { json: JSON.parse(read.toString()) };
  } catch {
    return { json: undefined };
  }
}

/** Returns the path of a request without its query. */
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
