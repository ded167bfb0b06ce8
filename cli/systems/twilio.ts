import { basicOf, type StandInAnswer, type StandInRequest } from './answer.ts';
import { standInKeys } from './keys.ts';
import type { StandInRecord, StandInRecords } from './records.ts';

const { TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET } = standInKeys;

/** Answers as Twilio's API does. Undefined for a path that it does not serve. */
export function answerAsTwilio(
  { method, url, headers, nowMs }: StandInRequest,
  records: StandInRecords,
): StandInAnswer | undefined {
  const path = /^\/2010-04-01\/Accounts\/(\w+)\/(Messages|Calls)(?:\/(\w+))?\.json$/.exec(url.pathname);
  if (!path || method !== 'GET') return undefined;
  const [, account = '', type = '', sid] = path;
  if (sid === undefined && type === 'Calls') return undefined;
  const [user, password] = basicOf(headers);
  if (user !== TWILIO_API_KEY || password !== TWILIO_API_SECRET) return twilioError(401, 20003, 'Authenticate');
  if (account !== TWILIO_ACCOUNT_SID) return twilioError(403, 20403, 'Forbidden');
  if (sid === undefined) return list(url, records.list('twilio', 'message', nowMs));
  const record = records.find('twilio', type === 'Calls' ? 'call' : 'message', sid);
  return record
    ? { status: 200, body: { account_sid: TWILIO_ACCOUNT_SID, ...record } }
    : twilioError(404, 20404, `The requested resource ${url.pathname} was not found`);
}

function twilioError(status: number, code: number, message: string): StandInAnswer {
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
}

const dayMs = 24 * 3_600_000;

/**
 * Lists messages by the day on which they were sent, in an order that says nothing. The token of a page names its first
 * message, and is unknown once that message is gone.
 */
function list({ pathname, searchParams }: URL, all: readonly StandInRecord[]): StandInAnswer {
  const [from, before] = ['DateSent>', 'DateSent<'].map((name) => Date.parse(searchParams.get(name) ?? ''));
  const found = all
    .filter(({ date_sent }) => {
      const day = Math.floor(Date.parse(String(date_sent)) / dayMs) * dayMs;
      return !(day < Number(from)) && !(day > Number(before));
    })
    .toSorted((a, b) => sidOf(a).localeCompare(sidOf(b)));
  const token = searchParams.get('PageToken');
  const start = token === null ? 0 : found.findIndex((message) => token === tokenOf(message));
  if (start < 0) return twilioError(400, 20009, 'Page token invalid');
  const size = Math.min(1_000, Number(searchParams.get('PageSize') ?? 50));
  const page = Number(searchParams.get('Page') ?? 0);
  const messages = found.slice(start, start + size).map((one) => ({ account_sid: TWILIO_ACCOUNT_SID, ...one }));
  const following = found[start + size];
  const next = new URLSearchParams(searchParams);
  next.set('Page', String(page + 1));
  if (following) next.set('PageToken', tokenOf(following));
  const next_page_uri = following ? `${pathname}?${next}` : null;
  return { status: 200, body: { messages, page, page_size: size, next_page_uri, uri: `${pathname}?${searchParams}` } };
}

function sidOf({ sid }: StandInRecord): string {
  return typeof sid === 'string' ? sid : '';
}

function tokenOf(message: StandInRecord): string {
  return `PA${sidOf(message)}`;
}
