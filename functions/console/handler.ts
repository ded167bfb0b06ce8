import { RetryableError } from '../../shared/errors.ts';
import { streamSchema } from '../../shared/event.ts';
import {
  hasStream,
  loadGaps,
  loadLetter,
  loadLetters,
  loadStreams,
  type ConsoleDeps,
} from '../../shared/views/load.ts';
import { loadReconciliations } from '../../shared/views/reconciliation-view.ts';
import { errorResponse, jsonResponse, RequestError, type ConsoleRequest, type ConsoleResponse } from './response.ts';
import { servePage } from './serve-page.ts';

export type { ConsoleDeps } from '../../shared/views/load.ts';
export type { ConsoleRequest, ConsoleResponse } from './response.ts';

export type Console = (request: ConsoleRequest) => Promise<ConsoleResponse>;

/** The default limit of lists in JSON. */
const defaultLimit = 100;
const maxLimit = 500;

/**
 * Makes the console, which shows an operator the streams, their gaps and the dead letters, as a page and as JSON. It is
 * read-only.
 */
export function makeConsole(deps: ConsoleDeps): Console {
  return async (request) => {
    if (!request.path.startsWith('/api')) return servePage(deps, request);
    try {
      return await answer(deps, request);
    } catch (error) {
      if (error instanceof RequestError) return errorResponse(error.status, error.message);
      if (error instanceof RetryableError) return errorResponse(503, 'The store does not answer. Try again later.');
      throw error;
    }
  };
}

/**
 *     /api/streams                  the streams: how far each is accounted for      ?limit=, ?page=
 *     /api/streams/{stream}/gaps    its gaps, the unresolved first                  ?limit=
 *     /api/reconciliations          how far streams were compared with lists of systems of record
 *     /api/dead-letters             the newest first, without their messages        ?limit=
 *     /api/dead-letters/{id}        one, whole
 */
async function answer(deps: ConsoleDeps, { method, path, query }: ConsoleRequest): Promise<ConsoleResponse> {
  const route = routeOf(path);
  if (!route) throw new RequestError(404, 'There is nothing at this address.');
  if (method !== 'GET' && method !== 'HEAD') throw new RequestError(405, 'The console is read-only. Use GET.');
  switch (route.shows) {
    case 'streams':
      return jsonResponse(known(await loadStreams(deps, readLimit(query), readPage(query))));
    case 'reconciliations':
      return jsonResponse({ reconciliations: await loadReconciliations(deps) });
    case 'gaps':
      return jsonResponse(await gaps(deps, route.stream, readLimit(query)));
    case 'letters':
      return jsonResponse(await loadLetters(deps, readLimit(query)));
    case 'letter':
      return jsonResponse(await letter(deps, route.id));
  }
}

type Route =
  | { readonly shows: 'streams' | 'reconciliations' | 'letters' }
  | { readonly shows: 'gaps'; readonly stream: string }
  | { readonly shows: 'letter'; readonly id: string };

function routeOf(path: string): Route | undefined {
  const [root, api, collection, name, part, ...rest] = path.split('/').map(decode);
  if (root !== '' || api !== 'api' || rest.length > 0) return undefined;
  if (collection === 'streams') {
    if (name === undefined) return { shows: 'streams' };
    return part === 'gaps' ? { shows: 'gaps', stream: name } : undefined;
  }
  if (collection === 'reconciliations') return name === undefined ? { shows: 'reconciliations' } : undefined;
  if (collection !== 'dead-letters' || part !== undefined) return undefined;
  return name === undefined ? { shows: 'letters' } : { shows: 'letter', id: name };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RequestError(400, 'The address is not percent-encoded UTF-8.');
  }
}

function readLimit(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null) return defaultLimit;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > maxLimit) throw new RequestError(400, `limit must be a whole number from 1 to ${maxLimit}.`);
  return limit;
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

async function gaps(deps: ConsoleDeps, stream: string, limit: number) {
  // Only valid stream names are passed to the stores, because Firestore refuses some other names.
  const isKnown = streamSchema.safeParse(stream).success && (await hasStream(deps, stream));
  if (!isKnown) throw new RequestError(404, 'There is no such stream.');
  return loadGaps(deps, stream, limit);
}

async function letter(deps: ConsoleDeps, id: string) {
  const found = isLetterId(id) ? await loadLetter(deps, id) : undefined;
  if (!found) throw new RequestError(404, 'There is no such dead letter.');
  return found;
}

/** Whether a text has the form of a letter id. Other texts are not passed to a store. */
function isLetterId(text: string): boolean {
  return /^[\w-]{1,64}$/.test(text);
}
