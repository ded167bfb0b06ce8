import type { Delivery, Message } from '../../shared/messages/message.ts';

/** A record of a file, as a message of its source. */
export interface TakenRecord {
  readonly message: Message;
  readonly messageId: string;
  /** The number of the record in its file, from 1. */
  readonly number: number;
  /** The line on which it begins, from 1. */
  readonly line: number;
}

/** Returns the delivery that brings a record to validate. @param publishedAtMs Milliseconds since 1970. */
export function deliveryOf(
  { message, messageId }: Pick<TakenRecord, 'message' | 'messageId'>,
  topic: string,
  publishedAtMs: number,
): Delivery {
  const { data, attributes, orderingKey } = message;
  const delivery = { data, attributes, topic, messageId, publishedAtMs, deadlineMs: Number.POSITIVE_INFINITY };
  return orderingKey === undefined ? delivery : { ...delivery, orderingKey };
}
