import { AccessError } from '../errors.ts';
import type { TwilioSettings } from '../system-settings.ts';
import { parseRfc2822 } from '../timestamps/rfc2822.ts';
import type { Ref } from '../verification/sighting.ts';
import { exchange } from './exchange.ts';
import type { ReadRecord, RecordReader } from './record-reader.ts';
import { twilioAccount } from './twilio-client.ts';

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
        const own = twilioAccount(this.settings, made);
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
}
