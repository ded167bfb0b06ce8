import { answerApi, apiRoutes, refusalAnswer } from './api/answer-api.ts';
import type { ApiDeps } from './api/deps.ts';
import { KeptBooks } from './api/kept-books.ts';
import type { ConsoleRequest, ConsoleResponse } from './response.ts';
import { makePages } from './serve-page.ts';

export type { ApiDeps } from './api/deps.ts';
export type { ConsoleRequest, ConsoleResponse } from './response.ts';

export type Console = (request: ConsoleRequest) => Promise<ConsoleResponse>;

/**
 * Makes the console: pages for operators, and the JSON API that pages and the command line use. Every request has a
 * caller. What the caller changes, and whose messages it looks at, is written to the audit trail.
 */
export function makeConsole(deps: ApiDeps): Console {
  const books = new KeptBooks(deps);
  const routes = apiRoutes(deps, books);
  const pages = makePages(deps, books);
  return async (request) => {
    const caller = await deps.callers.identify(request.headers ?? {});
    if ('refusal' in caller) return refusalAnswer(caller.refusal);
    const isApi = request.path === '/api' || request.path.startsWith('/api/');
    return isApi ? answerApi(routes, request, caller) : pages(request, caller);
  };
}
