import type { Asset } from './pages/assets.ts';
import type { Html } from './pages/html.ts';

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

const nothing = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** A page loads the script and style of the console and asks its API. It runs nothing that stands in the page itself. */
const ownOnly = "script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; img-src data:";

export function pageResponse(page: Html, status = 200): ConsoleResponse {
  return withAllow({
    status,
    headers: {
      ...everywhere,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `${nothing}; ${ownOnly}`,
    },
    body: page.text,
  });
}

/** Sends the browser to another page. */
export function redirectResponse(location: string): ConsoleResponse {
  return { status: 303, headers: { ...everywhere, Location: location }, body: '' };
}

/** A file whose path changes with its content. */
export function assetResponse({ type, text }: Asset): ConsoleResponse {
  return {
    status: 200,
    headers: { ...everywhere, 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' },
    body: text,
  };
}

export function jsonResponse(value: unknown, status = 200): ConsoleResponse {
  return {
    status,
    headers: {
      ...everywhere,
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Security-Policy': `${nothing}; form-action 'none'`,
    },
    body: `${JSON.stringify(value, undefined, 2)}\n`,
  };
}

export function errorResponse(status: number, message: string): ConsoleResponse {
  return withAllow(jsonResponse({ error: message }, status));
}

function withAllow(response: ConsoleResponse): ConsoleResponse {
  return response.status === 405 ? { ...response, headers: { ...response.headers, Allow: 'GET, HEAD' } } : response;
}
