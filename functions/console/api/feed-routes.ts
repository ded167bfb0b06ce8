import type { AuditedChange } from '../../../shared/dead-letter/audit.ts';
import { rfc3339 } from '../../../shared/views/format.ts';
import { RequestError, streamResponse, type ConsoleResponse } from '../response.ts';
import { ChangeFeed, type SweptStreams } from './change-feed.ts';
import type { ApiDeps } from './deps.ts';
import { readFlag } from './read-request.ts';
import type { ApiRoute, RoutedRequest } from './route.ts';

/** The address of the changes as they happen. All clients of an instance share one feed, which reads the store. */
export function feedRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const feed = new ChangeFeed(deps);
  return [
    {
      method: 'GET',
      path: '/api/changes',
      role: 'viewer',
      summary:
        'sends the changes of letters as they happen (server-sent events); Last-Event-ID goes on behind an event',
      query: { streams: 'true: also names the streams that were swept, in events of the type `streams`' },
      answer: (request) => followChanges(feed, request),
    },
  ];
}

async function followChanges(feed: ChangeFeed, { headers, query, gone }: RoutedRequest): Promise<ConsoleResponse> {
  const changes = await feed.follow(headers['last-event-id'], {
    gone,
    followsStreams: readFlag(query, 'streams'),
  });
  if (!changes) throw new RequestError(400, 'Last-Event-ID must be the id of an event of this stream.');
  return streamResponse('text/event-stream; charset=utf-8', eventsOf(changes));
}

async function* eventsOf(changes: AsyncIterable<AuditedChange | SweptStreams | 'nothing new'>): AsyncGenerator<string> {
  yield 'retry: 3000\n\n';
  for await (const change of changes) yield change === 'nothing new' ? ': \n\n' : eventOf(change);
}

function eventOf(change: AuditedChange | SweptStreams): string {
  if ('swept' in change) return `event: streams\ndata: ${JSON.stringify({ streams: change.swept })}\n\n`;
  const { position, entry } = change;
  const { atMs, letter, ...rest } = entry;
  const data = JSON.stringify({ letter, ...rest, at: rfc3339(atMs) });
  return `id: ${position}\nevent: letter\ndata: ${data}\n\n`;
}
