import type { ApiCaller } from '../../shared/access.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { ApiDeps } from './api/deps.ts';
import type { KeptBooks } from './api/kept-books.ts';
import { assetAt } from './pages/assets.ts';
import { layout } from './pages/layout.ts';
import { problemPage } from './pages/problem-page.ts';
import { findPage, makePageDeps, type PageDeps } from './pages/router.ts';
import {
  assetResponse,
  pageResponse,
  redirectResponse,
  RequestError,
  type ConsoleRequest,
  type ConsoleResponse,
} from './response.ts';

/**
 * Makes the pages, and the files that they load. Pages change nothing: for changes their script uses the API. So a
 * foreign page gains nothing by a form.
 */
export function makePages(
  deps: ApiDeps,
  books: KeptBooks,
): (request: ConsoleRequest, caller: ApiCaller) => Promise<ConsoleResponse> {
  const pageDeps = makePageDeps(deps, books);
  return async (request, caller) => {
    const problem = (status: number, message: string): ConsoleResponse =>
      pageResponse(layout(problemPage(status, message, deps.clock.now()), caller), status);
    try {
      return await answerPage(pageDeps, request, caller);
    } catch (error) {
      if (error instanceof RequestError) return problem(error.status, error.message);
      if (error instanceof RetryableError) return problem(503, 'The store does not answer. Try again later.');
      throw error;
    }
  };
}

async function answerPage(
  deps: PageDeps,
  { method, path, query }: ConsoleRequest,
  caller: ApiCaller,
): Promise<ConsoleResponse> {
  const asset = assetAt(path);
  if (method !== 'GET' && method !== 'HEAD') throw new RequestError(405, 'Pages change nothing. Use GET.');
  if (asset) return assetResponse(asset);
  const page = await findPage(deps, { path: partsOf(path), query, isOperator: caller.role === 'operator' });
  if (!page) throw new RequestError(404, 'There is nothing at this address.');
  return 'location' in page ? redirectResponse(page.location) : pageResponse(layout(page, caller));
}

function partsOf(path: string): readonly string[] {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    throw new RequestError(400, 'The address is not percent-encoded UTF-8.');
  }
}
