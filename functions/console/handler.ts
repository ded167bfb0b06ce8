import { RetryableError } from '../../shared/errors.ts';
import {
  loadGaps,
  loadLetter,
  loadLetters,
  loadOverview,
  loadStreamNames,
  loadStreams,
  type ConsoleDeps,
} from './load.ts';
import { page, pageSources } from './page.ts';
import {
  errorResponse,
  jsonResponse,
  pageResponse,
  RequestError,
  type ConsoleRequest,
  type ConsoleResponse,
} from './response.ts';

export type { ConsoleDeps } from './load.ts';
export type { ConsoleRequest, ConsoleResponse } from './response.ts';

export type Console = (request: ConsoleRequest) => Promise<ConsoleResponse>;

/** How many letters, and how many gaps of each stream, the page shows: what wants attention first. */
const pageLimits = { gaps: 25, letters: 50 };
/** How many the JSON holds, where the request does not say. */
const defaultLimit = 100;
const maxLimit = 500;

/** Shows an operator the streams, their gaps and the dead letters: as a page, and as JSON. It changes nothing. */
export function makeConsole(deps: ConsoleDeps): Console {
  return async (request) => {
    try {
      return await answer(deps, request);
    } catch (error) {
      if (error instanceof RequestError) return errorResponse(error.status, error.message);
      if (error instanceof RetryableError) return errorResponse(503, 'The store does not answer for now: try again.');
      throw error;
    }
  };
}

/**
 *     /                             the page
 *     /api/streams                  every stream: how far it is accounted for
 *     /api/streams/{stream}/gaps    its gaps, the unresolved first     ?limit=
 *     /api/dead-letters             the newest first                   ?limit=
 *     /api/dead-letters/{id}        one, whole
 */
async function answer(deps: ConsoleDeps, { method, path, query }: ConsoleRequest): Promise<ConsoleResponse> {
  const route = routeOf(path);
  if (!route) throw new RequestError(404, 'There is nothing at this address.');
  if (method !== 'GET' && method !== 'HEAD') throw new RequestError(405, 'The console only shows: use GET.');
  switch (route.shows) {
    case 'page':
      return pageResponse(page(await loadOverview(deps, pageLimits)), pageSources);
    case 'streams':
      return jsonResponse({ streams: await loadStreams(deps) });
    case 'gaps':
      return jsonResponse(await gaps(deps, route.stream, readLimit(query)));
    case 'letters':
      return jsonResponse(await loadLetters(deps, readLimit(query)));
    case 'letter':
      return jsonResponse(await letter(deps, route.id));
  }
}

type Route =
  | { readonly shows: 'page' | 'streams' | 'letters' }
  | { readonly shows: 'gaps'; readonly stream: string }
  | { readonly shows: 'letter'; readonly id: string };

function routeOf(path: string): Route | undefined {
  if (path === '/') return { shows: 'page' };
  const [root, api, collection, name, part, ...rest] = path.split('/').map(decode);
  if (root !== '' || api !== 'api' || rest.length > 0) return undefined;
  if (collection === 'streams') {
    if (name === undefined) return { shows: 'streams' };
    return part === 'gaps' ? { shows: 'gaps', stream: name } : undefined;
  }
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

async function gaps(deps: ConsoleDeps, stream: string, limit: number) {
  // Known names only reach the stores: another may be none that a store can look for.
  const names = await loadStreamNames(deps);
  if (!names.includes(stream)) throw new RequestError(404, 'There is no such stream.');
  return loadGaps(deps, stream, limit);
}

async function letter(deps: ConsoleDeps, id: string) {
  const found = isLetterId(id) ? await loadLetter(deps, id) : undefined;
  if (!found) throw new RequestError(404, 'There is no such dead letter.');
  return found;
}

/** Tells whether a text looks like what `letterId` makes, so that nothing else reaches a store. */
function isLetterId(text: string): boolean {
  return /^[\w-]{1,64}$/.test(text);
}
