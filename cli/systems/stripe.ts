import { basicOf, bearerOf, type StandInAnswer, type StandInRequest } from './answer.ts';
import { standInKeys } from './keys.ts';
import type { StandInRecord, StandInRecords } from './records.ts';

const kinds: Readonly<Record<string, string>> = {
  events: 'event',
  charges: 'charge',
  refunds: 'refund',
  payment_intents: 'payment_intent',
  customers: 'customer',
};

/** Answers as Stripe's API does. Undefined for a path that it does not serve. */
export function answerAsStripe(
  { method, url, headers, nowMs }: StandInRequest,
  records: StandInRecords,
): StandInAnswer | undefined {
  const [, type = '', id] = /^\/v1\/([a-z_]+)(?:\/(\w+))?$/.exec(url.pathname) ?? [];
  const kind = kinds[type];
  if (kind === undefined || method !== 'GET' || (id === undefined && kind !== 'event')) return undefined;
  const key = bearerOf(headers) || basicOf(headers)[0];
  if (key !== standInKeys.STRIPE_API_KEY)
    return stripeError(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' });
  if (id === undefined) return list(url, records.list('stripe', 'event', nowMs));
  const record = records.find('stripe', kind, id);
  if (record) return { status: 200, body: record };
  if (kind === 'customer' && records.isDeleted('stripe', kind, id))
    return { status: 200, body: { id, object: 'customer', deleted: true } };
  return stripeError(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
  });
}

function stripeError(status: number, error: object): StandInAnswer {
  return { status, headers: { 'request-id': 'req_standin' }, body: { error } };
}

/** Lists events, the newest first. */
function list({ pathname, searchParams }: URL, all: readonly StandInRecord[]): StandInAnswer {
  const types = [...searchParams].filter(([name]) => /^types(\[|$)/.test(name)).map(([, value]) => value);
  const [from, to] = ['created[gte]', 'created[lte]'].map((name) => searchParams.get(name));
  const found = all
    .filter(({ type }) => types.length === 0 || types.includes(String(type)))
    .filter(
      ({ created }) =>
        (from == null || Number(created) >= Number(from)) && (to == null || Number(created) <= Number(to)),
    )
    .toSorted((a, b) => Number(b.created) - Number(a.created) || (String(a.id) < String(b.id) ? 1 : -1));
  const after = searchParams.get('starting_after');
  const start = after === null ? 0 : found.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0)
    return stripeError(400, { type: 'invalid_request_error', code: 'resource_missing', param: 'starting_after' });
  const limit = Math.min(100, Number(searchParams.get('limit') ?? 10));
  const data = found.slice(start, start + limit);
  return { status: 200, body: { object: 'list', url: pathname, has_more: start + data.length < found.length, data } };
}
