import { RetryableError } from '../../shared/errors.ts';
import type { ConsoleDeps } from '../../shared/views/load.ts';
import { assetAt } from './pages/assets.ts';
import { layout } from './pages/layout.ts';
import { problemPage } from './pages/problem-page.ts';
import { findPage } from './pages/router.ts';
import {
  assetResponse,
  pageResponse,
  redirectResponse,
  RequestError,
  type ConsoleRequest,
  type ConsoleResponse,
} from './response.ts';

/** Answers a request for a page, or for a file that pages load. Pages change nothing: for changes their script uses the API. */
export async function servePage(deps: ConsoleDeps, request: ConsoleRequest): Promise<ConsoleResponse> {
  try {
    return await answerPage(deps, request);
  } catch (error) {
    if (error instanceof RequestError) return problem(error.status, error.message);
    if (error instanceof RetryableError) return problem(503, 'The store does not answer. Try again later.');
    throw error;
  }

  function problem(status: number, message: string): ConsoleResponse {
    return pageResponse(layout(problemPage(status, message, deps.clock.now())), status);
  }
}

async function answerPage(deps: ConsoleDeps, { method, path, query }: ConsoleRequest): Promise<ConsoleResponse> {
  const asset = assetAt(path);
  if (method !== 'GET' && method !== 'HEAD') throw new RequestError(405, 'Pages change nothing. Use GET.');
  if (asset) return assetResponse(asset);
  const page = await findPage(deps, partsOf(path), query);
  if (!page) throw new RequestError(404, 'There is nothing at this address.');
  return 'location' in page ? redirectResponse(page.location) : pageResponse(layout(page));
}

function partsOf(path: string): readonly string[] {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    throw new RequestError(400, 'The address is not percent-encoded UTF-8.');
  }
}
