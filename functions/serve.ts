import { setTimeout } from 'node:timers/promises';
import type { HttpFunction, Request, Response } from '@google-cloud/functions-framework';
import { traceIdOf, type CloudLog } from '../shared/gcp/log.ts';
import type { Clock } from '../shared/ports.ts';
import type { FunctionName } from '../shared/topology.ts';
import type { Console } from './console/handler.ts';
import type { Handler } from '../shared/message.ts';
import { PushEndpoint } from './push-endpoint.ts';

/** How long what is underway may take to end, in milliseconds: Cloud Run kills an instance ten seconds after SIGTERM. */
const longestEndMs = 9_000;

/** A function with its adapters, and what is to be done before its instance ends. */
export type Served = ({ readonly handler: Handler } | { readonly console: Console }) & {
  readonly finish?: () => Promise<void>;
};

/** Makes of a function what the framework serves. */
export function serve(target: FunctionName, served: Served, log: CloudLog, clock: Clock): HttpFunction {
  const endpoint = 'handler' in served ? new PushEndpoint({ target, handler: served.handler, log, clock }) : undefined;
  const end = async (): Promise<void> => {
    await endpoint?.close();
    await served.finish?.();
  };
  const endInOrder = once(() => {
    replaceSignalHandlers(end, log);
  });
  return async (request: Request, response: Response) => {
    endInOrder();
    if (endpoint) await servePush(endpoint, request, response);
    else if ('console' in served) await serveConsole(served.console, log, request, response);
  };
}

async function servePush(endpoint: PushEndpoint, request: Request, response: Response): Promise<void> {
  const { status, body } = await endpoint.serve({
    path: request.path,
    body: request.body,
    bytes: request.rawBody?.length ?? 0,
    traceId: traceIdOf(request.headers),
  });
  response.status(status).type('text').end(body);
}

async function serveConsole(console: Console, log: CloudLog, request: Request, response: Response): Promise<void> {
  const [path = '', ...query] = request.originalUrl.split('?');
  try {
    const answer = await console({ method: request.method, path, query: new URLSearchParams(query.join('?')) });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  } catch (error) {
    log.error('the console failed to answer', error, traceIdOf(request.headers));
    response.status(500).end();
  }
}

/**
 * Ends the instance in order on a signal. The framework's own handlers exit at once, and take what is underway with them: they
 * are replaced at the first request, since the framework adds them after it has loaded the function, and until then there is
 * nothing to lose.
 */
function replaceSignalHandlers(end: () => Promise<void>, log: CloudLog): void {
  const exit = once(() => {
    void Promise.race([end(), setTimeout(longestEndMs)])
      .catch((error: unknown) => {
        log.error('the instance could not end in order', error);
      })
      .finally(() => {
        log.flush();
        process.exit(0);
      });
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const before = process.listeners(signal);
    // Added first: while nobody listens, a signal that is on its way is lost.
    process.on(signal, exit);
    for (const listener of before) process.removeListener(signal, listener);
  }
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    run();
  };
}
