import { eventIdSchema } from '../../../shared/event.ts';
import { gapStates } from '../../../shared/gaps/gap.ts';
import { loadAdvised } from '../../../shared/views/load-advised.ts';
import { loadLedger, type LedgerPage } from '../../../shared/views/load-ledger.ts';
import { jsonResponse, RequestError } from '../response.ts';
import type { ApiDeps } from './deps.ts';
import { readLimit } from './read-request.ts';
import type { ApiRoute, RoutedRequest } from './route.ts';
import { streamOf } from './stream-routes.ts';

const one = '/api/streams/{stream}';

/** The addresses that the command line reads a stream from: what needs attention, and the whole gap ledger. */
export function ledgerRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const looks = { method: 'GET', role: 'viewer' } as const;
  return [
    {
      ...looks,
      path: `${one}/advice`,
      summary:
        'shows one stream, and says what needs attention in it; of a stream with a step it reads up to 1,024 blocks',
      answer: async (request) => jsonResponse(await loadAdvised(deps, await streamOf(deps, request))),
    },
    {
      ...looks,
      path: `${one}/ledger`,
      summary: 'lists the gaps of a stream with the highest ids first, in every state',
      query: {
        state: `only these states, with commas between: ${gapStates.join(', ')}`,
        limit: '1 to 500; 100 by default',
        below: 'only gaps that begin below this id: the `next` of a page',
      },
      answer: async (request) => jsonResponse(await ledgerOf(deps, request)),
    },
  ];
}

async function ledgerOf(deps: ApiDeps, request: RoutedRequest): Promise<LedgerPage> {
  const { query } = request;
  const names = query.get('state')?.split(',') ?? gapStates;
  const states = gapStates.filter((state) => names.includes(state));
  if (states.length < new Set(names).size)
    throw new RequestError(400, `state must be one or more of ${gapStates.join(', ')}.`);
  const text = query.get('below');
  const below = text === null ? undefined : eventIdSchema.safeParse(/^\d+$/.test(text) ? Number(text) : undefined).data;
  if (text !== null && below === undefined) throw new RequestError(400, 'below must be the "next" of a page.');
  return loadLedger(deps, await streamOf(deps, request), { states, limit: readLimit(query), below });
}
