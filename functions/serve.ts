import type { HttpFunction, Request, Response } from '@google-cloud/functions-framework';
import { InvariantError } from '../shared/errors.ts';
import type { FunctionInstance } from '../shared/function-instance.ts';
import { traceIdOf, type CloudLog } from '../shared/gcp/log.ts';
import type { Clock } from '../shared/ports.ts';
import { goneSignal, sendPieces } from '../shared/send-pieces.ts';
import type { FunctionName } from '../shared/topology.ts';
import { ByteBudget } from './byte-budget.ts';
import type { Console } from './console/handler.ts';
import { makeEndInOrder } from './end-in-order.ts';
import { once } from './once.ts';
import { PushEndpoint, tooMuchInFlight } from './push-endpoint.ts';
import { maxBodyBytesInFlight } from './push-limits.ts';
import { makePushServer } from './push-server.ts';
import { takeOverServer } from './take-over-server.ts';

/**
 * Makes the function that is registered with the framework. The framework calls it only for the console, unless Node no
 * longer announces requests.
 */
export function serve(
  target: FunctionName,
  instance: FunctionInstance | Console,
  log: CloudLog,
  clock: Clock,
): HttpFunction {
  return typeof instance === 'function' ? serveConsole(instance, log) : servePushes(target, instance, log, clock);
}

function servePushes(
  target: FunctionName,
  { handler, beforeIdle, finish }: FunctionInstance,
  log: CloudLog,
  clock: Clock,
): HttpFunction {
  const endpoint = new PushEndpoint({
    target,
    handler,
    log,
    clock,
    // An idle instance has no CPU for the timer that writes counts, and may be killed while idle. So the last delivery
    // in flight writes the counts. At a low rate that is a line of 400 bytes for each delivery, which costs half as
    // much as its request. If deliveries overlap, there are far fewer lines.
    beforeIdle: async () => {
      log.flush();
      try {
        await beforeIdle?.();
      } finally {
        // Writes the counts of `beforeIdle`, if there are any.
        log.flush();
      }
    },
  });
  const budget = new ByteBudget(maxBodyBytesInFlight);
  const endInOrder = makeEndInOrder(async () => {
    await endpoint.close();
    await finish?.();
  }, log);
  takeOverServer(makePushServer({ endpoint, budget, clock, log }), endInOrder);
  const fallBack = once(() => {
    endInOrder();
    log.error('the framework serves pushes', new InvariantError(`Node ${process.version} announces no requests`));
  });
  return async (request, response) => {
    fallBack();
    await servePush(endpoint, budget, clock.now(), request, response);
  };
}

/** Serves a push whose body the framework has read. It is refused if the budget has no room. */
async function servePush(
  endpoint: PushEndpoint,
  budget: ByteBudget,
  arrivedAtMs: number,
  request: Request,
  response: Response,
): Promise<void> {
  const release = budget.reserve(request.rawBody?.length ?? 0);
  const { path, headers } = request;
  const push = { path, body: request.body as unknown, arrivedAtMs, traceId: traceIdOf(headers) };
  const { status, body } = release ? await endpoint.serve(push) : tooMuchInFlight;
  release?.();
  response.status(status).type('text').end(body);
}

function serveConsole(console: Console, log: CloudLog): HttpFunction {
  const endInOrder = makeEndInOrder(() => Promise.resolve(), log);
  return async (request, response) => {
    endInOrder();
    const { method, originalUrl, rawBody: body } = request;
    const [path = '', ...query] = originalUrl.split('?');
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    try {
      const gone = goneSignal(response);
      const given = { method, path, query: new URLSearchParams(query.join('?')), headers, gone };
      const answer = await console({ ...given, ...(body && { body }) });
      response.writeHead(answer.status, answer.headers);
      if (answer.rest && method !== 'HEAD') await sendPieces(answer.rest, response);
      else response.end(answer.body);
    } catch (error) {
      log.error('the console failed to answer', error, traceIdOf(request.headers));
      if (response.headersSent) response.destroy();
      else response.status(500).end();
    }
  };
}
