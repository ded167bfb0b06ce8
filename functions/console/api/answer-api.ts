import type { AccessRefusal, ApiCaller } from '../../../shared/access.ts';
import { RetryableError } from '../../../shared/errors.ts';
import { errorResponse, RequestError, type ConsoleRequest, type ConsoleResponse } from '../response.ts';
import { bookRoutes } from './book-routes.ts';
import { changeRoutes } from './change-routes.ts';
import type { ApiDeps } from './deps.ts';
import { eraseRoutes } from './erase-routes.ts';
import { feedRoutes } from './feed-routes.ts';
import { gapRoutes } from './gap-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { KeptBooks } from './kept-books.ts';
import { ledgerRoutes } from './ledger-routes.ts';
import { letterRoutes } from './letter-routes.ts';
import { openApiRoute } from './open-api.ts';
import { findRoute, type ApiRoute } from './route.ts';
import { checkSameOrigin } from './same-origin.ts';
import { recheckRoutes } from './recheck-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { streamRoutes } from './stream-routes.ts';

/** Returns every address of the API. */
export function apiRoutes(deps: ApiDeps, books = new KeptBooks(deps)): readonly ApiRoute[] {
  const routes: readonly ApiRoute[] = [
    ...sessionRoutes(deps, books),
    ...streamRoutes(deps),
    ...ledgerRoutes(deps),
    ...gapRoutes(deps),
    ...bookRoutes(books),
    ...letterRoutes(deps),
    ...changeRoutes(deps),
    ...recheckRoutes(deps),
    ...jobRoutes(deps),
    ...eraseRoutes(deps),
    ...feedRoutes(deps),
    openApiRoute(() => routes),
  ];
  return routes;
}

/** Answers a request to the API. */
export async function answerApi(
  routes: readonly ApiRoute[],
  request: ConsoleRequest,
  caller: ApiCaller,
): Promise<ConsoleResponse> {
  try {
    const { headers = {}, body = new Uint8Array(), query, gone } = request;
    const { route, params } = findRoute(routes, request);
    if (route.role === 'operator' && caller.role !== 'operator') throw mayNot(caller);
    checkSameOrigin(route.method, headers);
    return await route.answer({ params, query, headers, body, caller, gone });
  } catch (error) {
    return errorAnswer(error);
  }
}

/** Returns the answer for an error that a caller understands. @throws The error, if it is another one. */
function errorAnswer(error: unknown): ConsoleResponse {
  if (error instanceof RequestError) return errorResponse(error.status, error.message, error.details);
  if (error instanceof RetryableError) return errorResponse(503, 'The store does not answer. Try again later.');
  throw error;
}

function mayNot({ name }: ApiCaller): RequestError {
  return new RequestError(403, `${name} may look at letters, and neither see their messages nor change them.`, {
    code: 'not-an-operator',
    next: 'Ask an administrator to add the address to OPERATORS.',
  });
}

const refusals: Readonly<Record<AccessRefusal, { status: number; code: string; message: string; next: string }>> = {
  'unknown caller': {
    status: 401,
    code: 'unknown-caller',
    message: 'The request does not say who calls.',
    next: 'Open the console through IAP or gcloud run services proxy.',
  },
  'not allowed': {
    status: 403,
    code: 'not-allowed',
    message: 'This address may not use the console.',
    next: 'Ask an administrator to add it to VIEWERS or OPERATORS.',
  },
  'foreign host': {
    status: 421,
    code: 'foreign-host',
    message: 'The console is served as localhost and 127.0.0.1 only.',
    next: 'Open it under one of these names.',
  },
};

/** Returns the answer for a caller who is refused. */
export function refusalAnswer(refusal: AccessRefusal): ConsoleResponse {
  const { status, message, code, next } = refusals[refusal];
  return errorResponse(status, message, { code, next });
}
