import { eventIdSchema, streamSchema } from '../../../shared/event.ts';
import { parseIso8601 } from '../../../shared/timestamps/iso8601.ts';
import type { LetterView } from '../../../shared/views/letter-view.ts';
import { loadOpenGaps } from '../../../shared/views/load-open-gaps.ts';
import { hasStream, loadGaps, loadStream, loadStreams } from '../../../shared/views/load.ts';
import { loadReconciliations } from '../../../shared/views/reconciliation-view.ts';
import { loadFacts } from '../../../shared/views/story/facts.ts';
import { idValue, uuidValue } from '../../../shared/views/story/story-value.ts';
import { loadUuidFacts } from '../../../shared/views/story/uuid-facts.ts';
import { jsonResponse, RequestError, type ConsoleResponse } from '../response.ts';
import type { ApiDeps } from './deps.ts';
import { readLimit } from './read-request.ts';
import type { ApiRoute, RoutedRequest } from './route.ts';

const one = '/api/streams/{stream}';
const pageParameters = { limit: '1 to 500; 100 by default', page: 'the `next` of a page' };

/** The addresses at which streams, their gaps and their ids are looked at. */
export function streamRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const looks = { method: 'GET', role: 'viewer' } as const;
  return [
    {
      ...looks,
      path: '/api/streams',
      summary: 'lists the streams, and how far each is accounted for',
      query: pageParameters,
      answer: async ({ query }) => jsonResponse(known(await loadStreams(deps, readLimit(query), readPage(query)))),
    },
    {
      ...looks,
      path: one,
      summary: 'shows one stream',
      answer: async (request) => jsonResponse(await loadStream(deps, await streamOf(deps, request))),
    },
    {
      ...looks,
      path: `${one}/gaps`,
      summary: 'lists the gaps of a stream, the unresolved first',
      query: { limit: pageParameters.limit },
      answer: async (request) =>
        jsonResponse(await loadGaps(deps, await streamOf(deps, request), readLimit(request.query))),
    },
    {
      ...looks,
      path: `${one}/ids/{id}`,
      summary: 'tells the story of an id, or of a uuid in a stream without numbers',
      query: { at: 'the timestamp of an event with a uuid, by which its entry is found' },
      answer: (request) => tellStory(deps, request),
    },
    {
      ...looks,
      path: '/api/gaps',
      summary: 'lists the unresolved gaps of the streams, page by page of streams',
      query: pageParameters,
      answer: async ({ query }) => jsonResponse(known(await loadOpenGaps(deps, readLimit(query), readPage(query)))),
    },
    {
      ...looks,
      path: '/api/reconciliations',
      summary: 'says how far streams were compared with lists of systems of record',
      answer: async () => jsonResponse({ reconciliations: await loadReconciliations(deps) }),
    },
  ];
}

/** Returns the stream of the path. @throws RequestError if there is no such stream. */
export function streamOf(deps: ApiDeps, { params }: RoutedRequest): Promise<string> {
  return knownStream(deps, params.stream ?? '');
}

/**
 * Returns a stream of which something is stored. Only valid names are passed to the stores, because Firestore refuses
 * some others.
 *
 * @throws RequestError if there is no such stream.
 */
export async function knownStream(deps: ApiDeps, stream: string): Promise<string> {
  const isKnown = streamSchema.safeParse(stream).success && (await hasStream(deps, stream));
  if (isKnown) return stream;
  throw new RequestError(404, 'There is no such stream.', {
    code: 'unknown-stream',
    next: 'GET /api/streams lists the streams.',
  });
}

async function tellStory(deps: ApiDeps, request: RoutedRequest): Promise<ConsoleResponse> {
  const { id = '', stream = '' } = request.params;
  if (!streamSchema.safeParse(stream).success) await streamOf(deps, request);
  if (deps.catalog.stream(stream).numbering === 'none') {
    const at = request.query.get('at');
    const instant = at === null ? undefined : parseIso8601(at);
    if (at !== null && !instant) throw new RequestError(400, 'at must be a time of ISO 8601.');
    const facts = await loadUuidFacts(deps, stream, id.slice(0, 512), instant?.ms);
    if (facts.letters.length === 0) await streamOf(deps, request);
    return jsonResponse(withoutPreviews(uuidValue(facts), facts.letters));
  }
  const eventId = eventIdSchema.safeParse(/^\d+$/.test(id) ? Number(id) : undefined);
  if (!eventId.success)
    throw new RequestError(400, 'An id is a whole number from 0 to 2^53 − 1; a uuid only in a stream without numbers.');
  if (request.query.has('at')) throw new RequestError(400, 'at is for a stream without numbers.');
  const facts = await loadFacts(deps, stream, eventId.data);
  // A stream can have letters although no event of it was ever accepted.
  if (facts.letters.length === 0) await streamOf(deps, request);
  return jsonResponse(withoutPreviews(idValue(facts), facts.letters));
}

/** Leaves out what the letters show of their messages, which only operators see. */
function withoutPreviews(value: object, letters: readonly LetterView[]): object {
  return { ...value, letters: letters.map((letter) => ({ ...letter, preview: undefined })) };
}

/** Returns the requested page of streams: the `next` of the previous page. */
function readPage(query: URLSearchParams): string | undefined {
  const text = query.get('page') ?? undefined;
  if (text !== undefined && !/^[\w.+/=-]{1,2048}$/.test(text)) throw noSuchPage();
  return text;
}

function noSuchPage(): RequestError {
  return new RequestError(400, 'page must be the "next" of a list of streams. It expires after some time.');
}

function known<T>(page: T | undefined): T {
  if (page === undefined) throw noSuchPage();
  return page;
}
