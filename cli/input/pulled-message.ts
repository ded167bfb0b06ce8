import { z } from 'zod';
import { filterAttributes } from '../../shared/messages/message.ts';
import type { InputRecord } from './input-record.ts';

/** A message as `gcloud pubsub subscriptions pull --format=json`, a REST pull and a push envelope spell it. */
const pulledSchema = z.looseObject({
  message: z.looseObject({
    data: z.base64().optional(),
    attributes: z.record(z.string(), z.string()).optional(),
    messageId: z.string(),
    orderingKey: z.string().optional(),
  }),
});

/** Reads a record as a message that was pulled. Undefined if it is none. */
function readPulled({ data }: InputRecord): z.infer<typeof pulledSchema> | undefined {
  try {
    return pulledSchema.safeParse(JSON.parse(data.toString())).data;
  } catch {
    return undefined;
  }
}

export function isPulledMessage(record: InputRecord): boolean {
  return readPulled(record) !== undefined;
}

/** Unwraps a pulled message: the event is its data. A record that is none has a problem. */
export function unwrapPulled(record: InputRecord): InputRecord {
  const pulled = readPulled(record);
  if (!pulled) return { ...record, problem: 'not a message like the first one, which was pulled from a subscription' };
  const { data = '', attributes, messageId, orderingKey } = pulled.message;
  return {
    data: Buffer.from(data, 'base64'),
    line: record.line,
    offset: record.offset,
    messageId,
    ...(attributes && { attributes: filterAttributes(attributes, isOfProducer) }),
    ...(orderingKey && { orderingKey }),
  };
}

/** Whether an attribute may be published again. Pub/Sub sets names that begin with `goog`, and refuses them. */
function isOfProducer(name: string): boolean {
  return !name.startsWith('goog');
}
