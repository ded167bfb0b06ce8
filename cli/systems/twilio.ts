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

/** Lists messages by the day on which they were sent. */
function list({ pathname, searchParams }: URL, all: readonly StandInRecord[]): StandInAnswer {
  const [from, before] = ['DateSent>', 'DateSent<'].map((name) => Date.parse(searchParams.get(name) ?? ''));
  const found = all.filter(({ date_sent }) => {
    const dayMs = 24 * 3_600_000;
    const day = Math.floor(Date.parse(String(date_sent)) / dayMs) * dayMs;
    return !(day < Number(from)) && !(day > Number(before));
  });
  const size = Math.min(1_000, Number(searchParams.get('PageSize') ?? 50));
  const page = Number(searchParams.get('Page') ?? 0);
  const messages = found.slice(page * size, (page + 1) * size);
  const hasMore = (page + 1) * size < found.length;
  const next = new URLSearchParams(searchParams);
  next.set('Page', String(page + 1));
  next.set('PageToken', `PA${page + 1}`);
  const next_page_uri = hasMore ? `${pathname}?${next}` : null;
  return { status: 200, body: { messages, page, page_size: size, next_page_uri, uri: `${pathname}?${searchParams}` } };
}
