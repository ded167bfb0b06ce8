import type { Html } from './html.ts';

/** The used parts of an HTTP request to the console. */
export interface ConsoleRequest {
  readonly method: string;
  /** The path, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface ConsoleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An error for the client: its request is wrong. */
export class RequestError extends Error {
  readonly status: 400 | 404 | 405;

  constructor(status: 400 | 404 | 405, message: string) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
  }
}

/** The headers of every response: no caching, no content sniffing, no framing, and no referrer. */
const everywhere = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const nothingElse = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param sources The allowed sources, as directives of a Content-Security-Policy. */
export function pageResponse(page: Html, sources: string): ConsoleResponse {
  return {
    status: 200,
    headers: {
      ...everywhere,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `${nothingElse}; ${sources}`,
    },
    body: page.text,
  };
}

export function jsonResponse(value: unknown, status = 200): ConsoleResponse {
  return {
    status,
    headers: {
      ...everywhere,
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Security-Policy': nothingElse,
    },
    body: `${JSON.stringify(value, undefined, 2)}\n`,
  };
}

export function errorResponse(status: number, message: string): ConsoleResponse {
  const response = jsonResponse({ error: message }, status);
  return status === 405 ? { ...response, headers: { ...response.headers, Allow: 'GET, HEAD' } } : response;
}
