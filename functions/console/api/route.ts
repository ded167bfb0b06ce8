import type { ApiCaller } from '../../../shared/access.ts';
import { RequestError, type ConsoleRequest, type ConsoleResponse } from '../response.ts';

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request that a route answers. */
export interface RoutedRequest {
  /** The values of the path, decoded, by their names. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly caller: ApiCaller;
  /** Aborts when the client goes away. */
  readonly gone?: AbortSignal | undefined;
}

/** One address of the console, with what docs and the OpenAPI description say about it. */
export interface ApiRoute {
  readonly method: RouteMethod;
  /** `/api/dead-letters/{id}`: a part in braces stands for any value. */
  readonly path: string;
  /** The role that a caller needs. */
  readonly role: ApiCaller['role'];
  readonly summary: string;
  /** The allowed parameters of the query, each with its meaning. */
  readonly query?: Readonly<Record<string, string>>;
  /** The members of the body, each with its meaning. Absent if there is none. */
  readonly body?: Readonly<Record<string, string>>;
  readonly answer: (request: RoutedRequest) => Promise<ConsoleResponse>;
}

export interface FoundRoute {
  readonly route: ApiRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request. @throws RequestError if there is none, or the query has a parameter that it does not take. */
export function findRoute(routes: readonly ApiRoute[], { method, path, query }: ConsoleRequest): FoundRoute {
  const parts = path.split('/');
  const here = routes.flatMap((route) => {
    const params = match(route.path.split('/'), parts);
    return params ? [{ route, params }] : [];
  });
  if (here.length === 0) throw new RequestError(404, 'There is nothing at this address.');
  // An address without a value comes before one that has it: /counts before /{id}.
  const fewest = Math.min(...here.map(({ params }) => Object.keys(params).length));
  const exact = here.filter(({ params }) => Object.keys(params).length === fewest);
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = exact.find(({ route }) => route.method === wanted);
  if (!found) throw wrongMethod(exact.map(({ route }) => route.method));
  for (const name of query.keys()) {
    const taken = Object.keys(found.route.query ?? {});
    if (!taken.includes(name))
      throw new RequestError(400, `There is no parameter ${name} here.`, {
        next: `The parameters are: ${taken.join(', ') || 'none'}.`,
      });
  }
  return found;
}

function match(pattern: readonly string[], parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, expected] of pattern.entries()) {
    const part = parts[i] ?? '';
    const [, name] = /^\{(\w+)\}$/.exec(expected) ?? [];
    if (name === undefined ? part !== expected : part === '') return undefined;
    if (name !== undefined) params[name] = decode(part);
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RequestError(400, 'The address is not percent-encoded UTF-8.');
  }
}

function wrongMethod(methods: readonly RouteMethod[]): RequestError {
  const allowed = methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one])).join(', ');
  return new RequestError(405, 'This address does not take this method.', {
    next: `Use ${allowed}.`,
    headers: { Allow: allowed },
  });
}
