import { loadStatus, type StatusView } from '../../../shared/views/load-status.ts';
import { jsonResponse } from '../response.ts';
import type { ApiDeps } from './deps.ts';
import type { KeptBooks } from './kept-books.ts';
import type { ApiRoute } from './route.ts';
import { sessionCookie, sessionToken } from './same-origin.ts';
import { ShortCache } from './short-cache.ts';

/** The addresses that say who calls, and whether all is well. */
export function sessionRoutes(deps: ApiDeps, books: KeptBooks): readonly ApiRoute[] {
  const status = new ShortCache<StatusView>(deps.clock);
  return [
    {
      method: 'GET',
      path: '/api/session',
      role: 'viewer',
      summary: 'says who calls, and gives the token that changes need',
      answer: ({ caller, headers }) => {
        const token = sessionToken(headers);
        return Promise.resolve(jsonResponse({ caller, token }, 200, { 'Set-Cookie': sessionCookie(token) }));
      },
    },
    {
      method: 'GET',
      path: '/api/status',
      role: 'viewer',
      summary: 'says whether all is well, and what needs someone; up to 10 s old',
      answer: async () => {
        const load = async () => loadStatus(deps, (await books.get()).value.streams);
        return jsonResponse((await status.get('', load)).value);
      },
    },
  ];
}
