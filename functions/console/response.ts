import type { Html } from './html.ts';

/** What the console is asked: what is left of an HTTP request when everything that it has no use for is gone. */
export interface ConsoleRequest {
  readonly method: string;
  /** As it stands in the address: still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface ConsoleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Says what is wrong with a request, to the person or the program that made it. */
export class RequestError extends Error {
  readonly status: 400 | 404 | 405;

  constructor(status: 400 | 404 | 405, message: string) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
  }
}

/** Nothing is kept by a browser, guessed by it, framed, or told to another site. */
const everywhere = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const nothingElse = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param sources What the page may load and run beyond nothing, in the language of Content-Security-Policy. */
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
