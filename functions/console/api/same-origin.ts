import { randomBytes } from 'node:crypto';
import { RequestError } from '../response.ts';
import type { RouteMethod } from './route.ts';

/*
 * A change needs a token that only a page of the console, or a program, can have read: a foreign page cannot read the
 * answer of /api/session, and cannot send the header. The token is compared with the cookie of the same browser, so that
 * no instance has to know the tokens that another has given out.
 */

type Headers = Readonly<Record<string, string | undefined>>;

const cookieName = 'session-of-eventmend';
const headerName = 'x-session-token';

/** Returns the token of a browser: the one that its cookie has, or a new one. */
export function sessionToken(headers: Headers): string {
  return tokenIn(headers) ?? randomBytes(24).toString('base64url');
}

/** The cookie is out of reach of scripts, and is not sent with requests from other sites. */
export function sessionCookie(token: string): string {
  return `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict`;
}

/** @throws RequestError if a change does not come from a page of the console, or from a program. */
export function checkSameOrigin(method: RouteMethod, headers: Headers): void {
  if (method === 'GET') return;
  const site = headers['sec-fetch-site'];
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
  const token = tokenIn(headers);
  if (!isForeign && token !== undefined && headers[headerName] === token) return;
  throw new RequestError(403, 'A change needs the token of the session.', {
    code: 'token-required',
    next: 'GET /api/session, and send its token as X-Session-Token, with the cookie that came with it.',
  });
}

function tokenIn({ cookie = '' }: Headers): string | undefined {
  const pairs = cookie.split(';').map((pair) => pair.trim().split('='));
  const [, token = ''] = pairs.find(([name]) => name === cookieName) ?? [];
  return /^[\w-]{32}$/.test(token) ? token : undefined;
}
