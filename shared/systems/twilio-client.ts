import Twilio from 'twilio/lib/base/BaseTwilio.js';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import Api from 'twilio/lib/rest/Api.js';
import type { TwilioSettings } from '../system-settings.ts';
import type { Exchange } from './exchange.ts';

/** The address of Twilio, which its client writes into every URL. */
export const twilioUrl = 'https://api.twilio.com';

type Account = ReturnType<Api['v2010']['accounts']>;

/** Makes a client for one request, and returns its account. */
export function twilioAccount({ accountSid, key, secret, baseUrl }: TwilioSettings, made: Exchange): Account {
  const httpClient: Pick<RequestClient, 'request'> = { request: (options) => send(options, made, baseUrl) };
  const client = new Twilio.Client(key, secret, { accountSid, httpClient: httpClient as RequestClient });
  return new Api(client).v2010.accounts(accountSid);
}

type Answer<TData> = Awaited<ReturnType<typeof RequestClient.prototype.request<TData>>>;

/** Makes a request of Twilio's client by an exchange, at another address if there is one. */
async function send<TData>(
  { uri, method, username = '', password = '', headers, params }: RequestClient.RequestOptions<TData>,
  made: Exchange,
  base: URL | undefined,
): Promise<Answer<TData>> {
  const given = new URL(uri);
  const url = base ? new URL(`${given.pathname}${given.search}`, base) : given;
  for (const [name, value] of Object.entries({ ...(params as Record<string, unknown> | undefined) }))
    url.searchParams.append(name, String(value));
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  const answer = await made.fetch(url, {
    method: method.toUpperCase(),
    headers: { ...(headers as Record<string, string> | undefined), authorization: `Basic ${basic}` },
  });
  // Twilio's own class of answers cannot be imported both by Node and by Jest.
  const shown: unknown = { statusCode: answer.status, body: await answer.text(), headers: {} };
  return shown as Answer<TData>;
}
