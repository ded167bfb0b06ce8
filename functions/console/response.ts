import type { Asset } from './pages/assets.ts';
import type { Html } from './pages/html.ts';

/** The used parts of an HTTP request to the console. */
export interface ConsoleRequest {
  readonly method: string;
  /** The path, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The headers, with their names in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Uint8Array;
  /** Aborts when the client goes away. */
  readonly gone?: AbortSignal;
}

export interface ConsoleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The rest of a body that is made while it is read. The server ends the iteration if the client goes away. */
  readonly rest?: AsyncIterable<string>;
}

/** The parts of an error of the API besides its message. */
export interface ErrorDetails {
  /** A stable name. By default it follows from the status. */
  readonly code?: string;
  /** The next step of the caller. */
  readonly next?: string;
  /** Members of the answer besides the error. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error for the client: its request is wrong. */
export class RequestError extends Error {
  readonly status: number;
  readonly details: ErrorDetails;

  constructor(status: number, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.details = details;
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

export function jsonResponse(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): ConsoleResponse {
  return {
    status,
    headers: { ...ofApi('application/json; charset=utf-8'), ...headers },
    body: `${JSON.stringify(value, undefined, 2)}\n`,
  };
}

/** Answers with a text that is made while it is read. */
export function streamResponse(type: string, rest: AsyncIterable<string>): ConsoleResponse {
  return { status: 200, headers: ofApi(type), body: '', rest };
}

function ofApi(type: string): Readonly<Record<string, string>> {
  return { ...everywhere, 'Content-Type': type, 'Content-Security-Policy': `${nothing}; form-action 'none'` };
}

/** The name and the next step of an error that names neither. */
const byStatus: Readonly<Record<number, { readonly code: string; readonly next: string }>> = {
  400: { code: 'bad-request', next: 'Correct the request: docs/api.md describes it.' },
  404: { code: 'not-found', next: 'docs/api.md lists the addresses.' },
  405: { code: 'method-not-allowed', next: 'Use GET.' },
  503: { code: 'unavailable', next: 'Try again in a minute.' },
};

export function errorResponse(status: number, message: string, details: ErrorDetails = {}): ConsoleResponse {
  const { code = 'error', next = '' } = { ...byStatus[status], ...details };
  return withAllow(jsonResponse({ error: { code, message, next }, ...details.more }, status, details.headers));
}

function withAllow(response: ConsoleResponse): ConsoleResponse {
  return response.status === 405 ? { ...response, headers: { Allow: 'GET, HEAD', ...response.headers } } : response;
}
