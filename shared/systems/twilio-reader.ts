import Twilio from 'twilio/lib/base/BaseTwilio.js';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import Api from 'twilio/lib/rest/Api.js';
import { AccessError } from '../errors.ts';
import { parseRfc2822 } from '../timestamps/rfc2822.ts';
import type { Ref } from '../verification/sighting.ts';
import { exchange, type Exchange } from './exchange.ts';
import type { ReadRecord, RecordReader } from './record-reader.ts';
import type { TwilioSettings } from '../system-settings.ts';

/** Twilio's code of a record that does not exist. */
const notFound = '20404';

/** Reads messages and calls of Twilio, one with each request. */
export class TwilioReader implements RecordReader {
  private readonly settings: TwilioSettings;

  constructor(settings: TwilioSettings) {
    this.settings = settings;
  }

  maxBatch(): number {
    return 1;
  }

  async read(refs: readonly Ref[], signal: AbortSignal): Promise<readonly ReadRecord[]> {
    return Promise.all(refs.map((ref) => this.readOne(ref, signal)));
  }

  private async readOne({ kind, id, account }: Ref, signal: AbortSignal): Promise<ReadRecord> {
    const { accountSid } = this.settings;
    if (account !== undefined && account !== accountSid)
      throw new AccessError('twilio: the event is of another account than the key');
    const read = await exchange(
      { system: 'twilio', signal, codeOf: ({ code }) => code, isAbsent: (code) => code === notFound },
      (made) => {
        const { v2010 } = new Api(this.clientOf(made));
        const own = v2010.accounts(accountSid);
        return kind === 'call' ? own.calls(id).fetch() : own.messages(id).fetch();
      },
    );
    if (!read) return { absent: true };
    const { account_sid, date_updated, body } = read.body;
    if (account_sid !== accountSid) throw new AccessError('twilio: the record is of another account than the key');
    const changedAtMs = typeof date_updated === 'string' ? parseRfc2822(date_updated)?.ms : undefined;
    // The text of a redacted message is empty. That of a picture is too: nothing tells the two apart.
    return { text: read.text, changedAtMs, ...(body === '' && { withheld: ['/body'] }) };
  }

  private clientOf(made: Exchange): Twilio.Client {
    const { accountSid, key, secret, baseUrl } = this.settings;
    const httpClient: Pick<RequestClient, 'request'> = { request: (options) => send(options, made, baseUrl) };
    return new Twilio.Client(key, secret, { accountSid, httpClient: httpClient as RequestClient });
  }
}

type Answer<TData> = Awaited<ReturnType<typeof RequestClient.prototype.request<TData>>>;

/** Makes a request of Twilio's client by an exchange, at another address if there is one. */
async function send<TData>(
  { uri, method, username = '', password = '', headers }: RequestClient.RequestOptions<TData>,
  made: Exchange,
  base: URL | undefined,
): Promise<Answer<TData>> {
  const { href, pathname, search } = new URL(uri);
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  const answer = await made.fetch(base ? new URL(`${pathname}${search}`, base) : href, {
    method: method.toUpperCase(),
    headers: { ...(headers as Record<string, string> | undefined), authorization: `Basic ${basic}` },
  });
  // Twilio's own class of answers cannot be imported both by Node and by Jest.
  const given: unknown = { statusCode: answer.status, body: await answer.text(), headers: {} };
  return given as Answer<TData>;
}
