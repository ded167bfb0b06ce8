import { z } from 'zod';
import { EventmendError } from '../errors.ts';
import type { Attributes, Delivery } from './message.ts';

/** A delivery that Pub/Sub pushed. */
export interface PushedDelivery extends Delivery {
  /** `projects/{project}/subscriptions/{name}` */
  readonly subscription: string;
  /** 1 for the first attempt. Pub/Sub counts attempts only if the subscription has a dead-letter policy. */
  readonly deliveryAttempt: number | undefined;
}

/** An error for a request that is not a push of Pub/Sub. To refuse it loses no message. */
export class EnvelopeError extends EventmendError {
  readonly code = 'ENVELOPE';

  constructor(problems: readonly string[]) {
    super(`not a push of Pub/Sub: ${problems.join('; ')}`);
  }
}

/**
 * The used part of the body that Pub/Sub posts (https://cloud.google.com/pubsub/docs/push#receive_push). Attributes
 * have a custom check, because a zod record drops an attribute named `__proto__`.
 */
const envelope = z.object({
  message: z.object({
    data: z.string().optional(),
    attributes: z.custom<Attributes>(isAttributes, 'not an object of texts').nullish(),
    messageId: z.string().min(1),
    orderingKey: z.string().optional(),
    publishTime: z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'not a time'),
  }),
  subscription: z.string(),
  deliveryAttempt: z.number().int().optional(),
});

/**
 * Reads the body of a push request. If a message has only attributes, `data` is absent and counts as empty.
 *
 * @param topic The topic from the path of the endpoint. The envelope does not contain it.
 * @param deadlineMs When the delivery must be answered, in milliseconds since 1970. The envelope does not contain it.
 * @throws EnvelopeError for anything but a push. Its message holds paths and no values.
 */
export function decodePush(body: unknown, topic: string, deadlineMs: number): PushedDelivery {
  const { data: push, error } = envelope.safeParse(body);
  if (error)
    throw new EnvelopeError(error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`));
  const { message, subscription, deliveryAttempt } = push;
  return {
    topic,
    data: decodeBase64(message.data ?? ''),
    attributes: message.attributes ?? {},
    messageId: message.messageId,
    ...(message.orderingKey !== undefined && message.orderingKey !== '' && { orderingKey: message.orderingKey }),
    publishedAtMs: Date.parse(message.publishTime),
    deadlineMs,
    subscription,
    deliveryAttempt,
  };
}

function isAttributes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

/** Decodes base64. Node skips invalid characters, so the length shows whether there were any. */
function decodeBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  if (digits !== Math.ceil((bytes.length * 4) / 3)) throw new EnvelopeError(['message.data: not base64']);
  return bytes;
}
