import type { SystemName } from '../record-kinds.ts';
import { parseRfc2822 } from '../timestamps/rfc2822.ts';

/** An item of a list, written as its producer's message would have been. */
export interface ListMessage {
  readonly data: string;
  readonly contentType: string;
  /** When it happened, in milliseconds since 1970, if a message has no time of its own. */
  readonly happenedAtMs: number | undefined;
}

/** Writes an item. Undefined if it lacks what a message needs. */
export const listMessageOf: Readonly<Record<SystemName, (item: string) => ListMessage | undefined>> = {
  hubspot: asJson,
  stripe: asJson,
  twilio: asCallback,
};

function asJson(item: string): ListMessage {
  return { data: item, contentType: 'application/json', happenedAtMs: undefined };
}

/** The parameters of a status callback, and the members of a message that have their values. */
const parameters = {
  SmsSid: 'sid',
  SmsStatus: 'status',
  MessageStatus: 'status',
  To: 'to',
  MessageSid: 'sid',
  AccountSid: 'account_sid',
  MessagingServiceSid: 'messaging_service_sid',
  ErrorCode: 'error_code',
  From: 'from',
  ApiVersion: 'api_version',
} as const;

/** Writes a message of Twilio as the callback about its last status. Its text is no part of a callback. */
function asCallback(item: string): ListMessage | undefined {
  const message = JSON.parse(item) as Readonly<Record<string, unknown>>;
  const { date_updated } = message;
  const happenedAtMs = typeof date_updated === 'string' ? parseRfc2822(date_updated)?.ms : undefined;
  if (happenedAtMs === undefined) return undefined;
  const form = new URLSearchParams();
  for (const [name, member] of Object.entries(parameters)) {
    const value = message[member];
    if (typeof value === 'string' || typeof value === 'number') form.append(name, String(value));
  }
  return { data: form.toString(), contentType: 'application/x-www-form-urlencoded', happenedAtMs };
}
