import { AccessError } from '../errors.ts';
import type { SystemName } from '../record-kinds.ts';
import { SystemTrouble } from './trouble.ts';

/** The largest answer that is read, in bytes. */
const maxAnswerBytes = 20_000_000;

/** The answer of a system of record as it came, before the vendor's client parsed it. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * One request of a vendor's client. Its `fetch` keeps the raw answer, since clients round numbers and make up dates, and
 * obeys a signal, which no client takes. The client sees only the headers that it needs: some log what others say.
 */
export class Exchange {
  answer: RawAnswer | undefined;
  private readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  readonly fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(url, { ...init, signal: this.signal, redirect: 'error' });
    const text = await readText(response);
    this.answer = { status: response.status, headers: response.headers, text };
    const contentType = response.headers.get('content-type') ?? 'application/json';
    const requestId = response.headers.get('request-id');
    return new Response(text, {
      status: response.status,
      headers: { 'content-type': contentType, ...(requestId !== null && { 'request-id': requestId }) },
    });
  };
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > maxAnswerBytes) throw new Error('the answer is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** The vendor's code in the body of an error. Nothing else of the body is kept. */
type CodeOf = (body: Readonly<Record<string, unknown>>) => unknown;

export interface ExchangeOptions {
  readonly system: SystemName;
  readonly signal: AbortSignal;
  readonly codeOf: CodeOf;
  /** Whether a 404 with this code means that there is no such record, and not that the address is wrong. */
  readonly isAbsent: (code: string) => boolean;
}

/**
 * Makes one request with a vendor's client. What the client returns or throws is dropped: only the raw answer counts.
 *
 * @returns The JSON object that was answered. Undefined if there is no such record.
 * @throws SystemTrouble or AccessError, which name status and code, and have no cause.
 */
export async function exchange(
  { system, signal, codeOf, isAbsent }: ExchangeOptions,
  request: (exchange: Exchange) => PromiseLike<unknown>,
): Promise<{ readonly text: string; readonly body: Readonly<Record<string, unknown>> } | undefined> {
  const made = new Exchange(signal);
  try {
    await request(made);
  } catch {
    // The raw answer says what happened. Without one, there was none.
  }
  const { answer } = made;
  if (!answer) throw new SystemTrouble(system, 'outage', 'no answer');
  const body = objectIn(answer.text);
  const code = spellCode(body && codeOf(body));
  if (answer.status === 404 && isAbsent(code)) return undefined;
  const { status } = answer;
  if (status < 200 || status > 299) throw troubleOf(system, answer, code);
  if (!body) throw new SystemTrouble(system, 'outage', 'the answer cannot be read');
  return { text: answer.text, body };
}

function troubleOf(system: SystemName, { status, headers }: RawAnswer, code: string): Error {
  const what = `answered ${status}${code === '' ? '' : ` (${code})`}`;
  if (status === 401 || status === 403) return new AccessError(`${system}: ${what}`);
  if (status === 429) return new SystemTrouble(system, 'limit', what, secondsIn(headers.get('retry-after')));
  return new SystemTrouble(system, status >= 500 ? 'outage' : 'refusal', what);
}

/** Returns milliseconds. Undefined if the header is absent, or is a date. */
function secondsIn(header: string | null): number | undefined {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1_000 : undefined;
}

/** Returns a vendor's code, if it looks like one. It could be anything, and logs must not have data. */
function spellCode(code: unknown): string {
  const text = typeof code === 'number' || typeof code === 'string' ? String(code) : '';
  return /^[\w.-]{1,64}$/.test(text) ? text : '';
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
