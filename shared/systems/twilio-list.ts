import { AccessError } from '../errors.ts';
import type { ListAnswer, ListQuery } from '../reconciliation/list.ts';
import type { TwilioSettings } from '../system-settings.ts';
import { parseRfc2822 } from '../timestamps/rfc2822.ts';
import { exchange } from './exchange.ts';
import { itemsIn, unreadableList, type RawItem } from './items-in.ts';
import { unlessUnknown, type ListReader } from './list-reader.ts';
import { twilioAccount, twilioUrl } from './twilio-client.ts';

/** The maximum number of messages in a page. */
const pageSize = 1_000;
const dayMs = 24 * 3_600_000;

/**
 * Reads Twilio's list of messages. It can be asked for whole days on which messages were sent, and a message gets its
 * last status up to hours later. So it is asked for a day more, and a message counts by the time of its last change.
 * The cursor is the address of the next page.
 */
export class TwilioList implements ListReader {
  private readonly settings: TwilioSettings;

  constructor(settings: TwilioSettings) {
    this.settings = settings;
  }

  async page(query: ListQuery, after: string | undefined, signal: AbortSignal): Promise<ListAnswer> {
    if (after !== undefined && !this.isOwnPage(after)) return 'unknown cursor';
    const read = await unlessUnknown(after, () =>
      exchange({ system: 'twilio', signal, codeOf: ({ code }) => code, isAbsent: () => false }, (made) => {
        const { messages } = twilioAccount(this.settings, made);
        return after === undefined ? messages.page(paramsOf(query)) : messages.getPage(`${twilioUrl}${after}`);
      }),
    );
    if (read === 'unknown cursor') return read;
    const messages = itemsIn('twilio', read?.text ?? '', 'messages');
    for (const { members } of messages) this.checkAccount(members);
    const next = read?.body.next_page_uri ?? undefined;
    if (next !== undefined && (typeof next !== 'string' || !this.isOwnPage(next))) throw unreadableList('twilio');
    return { items: messages.filter((message) => isAskedFor(message, query)).map(({ text }) => text), next };
  }

  /** Whether an address is a page of the account's messages. Nothing else is ever asked with the key. */
  private isOwnPage(uri: string): boolean {
    return uri.startsWith(`/2010-04-01/Accounts/${this.settings.accountSid}/Messages.json?`);
  }

  private checkAccount({ account_sid }: RawItem['members']): void {
    if (account_sid !== this.settings.accountSid)
      throw new AccessError('twilio: a listed message is of another account than the key');
  }
}

function paramsOf({ fromMs, toMs }: ListQuery) {
  const dateSentAfter = new Date(startOfDayMs(fromMs) - dayMs);
  return { dateSentAfter, dateSentBefore: new Date(startOfDayMs(toMs)), pageSize };
}

function startOfDayMs(atMs: number): number {
  return Math.floor(atMs / dayMs) * dayMs;
}

function isAskedFor({ members: { status, date_updated } }: RawItem, { fromMs, toMs, types }: ListQuery): boolean {
  const changedAtMs = typeof date_updated === 'string' ? parseRfc2822(date_updated)?.ms : undefined;
  // A message whose time cannot be read is passed on, so that it is counted as one that cannot be compared.
  const isInSpan = changedAtMs === undefined || (changedAtMs >= fromMs && changedAtMs <= toMs);
  return isInSpan && types.includes(String(status));
}
