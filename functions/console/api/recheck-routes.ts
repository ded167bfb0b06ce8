import { z } from 'zod';
import type { Anomaly } from '../../../shared/anomalies/anomaly.ts';
import { recheckMessage } from '../../../shared/anomalies/recheck-message.ts';
import { eventIdSchema, streamSchema } from '../../../shared/event.ts';
import { idempotencyKey } from '../../../shared/identity.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { rfc3339 } from '../../../shared/views/format.ts';
import { jsonResponse, RequestError, type ConsoleResponse } from '../response.ts';
import type { ApiDeps } from './deps.ts';
import { readJsonBody, readLimit } from './read-request.ts';
import { knownStream } from './stream-routes.ts';
import type { ApiRoute, RoutedRequest } from './route.ts';

const recheckSchema = z.strictObject({
  stream: streamSchema,
  id: z.union([eventIdSchema, z.string().min(1).max(512)]),
});

/** The maximum number of events of an id that are checked at once. */
const maxOfId = 50;

/** The addresses at which anomalies are looked at, and published events are checked again. */
export function recheckRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/anomalies',
      role: 'viewer',
      summary: 'lists the anomalies of the latest windows first',
      query: { limit: '1 to 500; 100 by default' },
      answer: async ({ query }) => {
        const anomalies = await deps.anomalies.latest(readLimit(query));
        return jsonResponse({ anomalies: anomalies.map(anomalyView) });
      },
    },
    {
      method: 'POST',
      path: '/api/recheck',
      role: 'operator',
      summary: 'has the published events of an id checked again with their system of record',
      body: { stream: 'the stream', id: 'the id, or the uuid in a stream without numbers' },
      answer: (request) => checkAgain(deps, request),
    },
  ];
}

function anomalyView({ startMs, endMs, ...rest }: Anomaly) {
  return { ...rest, start: rfc3339(startMs), end: rfc3339(endMs) };
}

async function checkAgain(deps: ApiDeps, request: RoutedRequest): Promise<ConsoleResponse> {
  const { stream, id } = readJsonBody(recheckSchema, request);
  const messages = (await publishedEvents(deps, stream, id)).flatMap((event) => checkable(deps, event));
  if (messages.length === 0) {
    await knownStream(deps, stream);
    throw new RequestError(404, `No event of ${id} in ${stream} can be checked again.`, {
      code: 'nothing-to-check',
      next: 'The store of clean events must be on (store), the event published and not inferred, and its type have a record.',
    });
  }
  await deps.auditTrail.note({
    ...{ letter: undefined, by: request.caller.name, did: 'asked for a recheck', atMs: deps.clock.now() },
    note: `${stream}/${id}`,
  });
  for (const message of messages) await deps.publisher.publish('mended-events', message);
  return jsonResponse({ checked: messages.length }, 202);
}

async function publishedEvents({ events }: ApiDeps, stream: string, id: number | string): Promise<readonly Message[]> {
  if (typeof id === 'number') return events.ofId(stream, id, maxOfId);
  const event = await events.event(idempotencyKey(stream, id, 0));
  return event ? [event] : [];
}

function checkable({ catalog }: ApiDeps, event: Message): readonly Message[] {
  const message = catalog.mapping(event.attributes.type ?? '') && recheckMessage(event, catalog);
  return message ? [message] : [];
}
