import { z } from 'zod';
import { EventmendError } from '../errors.ts';
import type { Attributes, Delivery } from './message.ts';

/** A delivery as Pub/Sub pushed it. */
export interface PushedDelivery extends Delivery {
  /** `projects/{project}/subscriptions/{name}` */
  readonly subscription: string;
  /** 1 for the first; Pub/Sub counts only where the subscription has a dead-letter policy. */
  readonly deliveryAttempt: number | undefined;
}

/** Says what is wrong with a request that is no push of Pub/Sub's. No delivery is lost by turning it away: there is none. */
export class EnvelopeError extends EventmendError {
  readonly code = 'ENVELOPE';

  constructor(problems: readonly string[]) {
    super(`not a push of Pub/Sub's: ${problems.join('; ')}`);
  }
}

/**
 * What Pub/Sub posts (https://cloud.google.com/pubsub/docs/push#receive_push), less what nothing here needs. Attributes are
 * looked at and left as they are: zod's own record leaves out an attribute named `__proto__`.
 */
const envelope = z.object({
  message: z.object({
    data: z.string().optional(),
    attributes: z.custom<Attributes>(isAttributes, 'not an object of texts').nullish(),
    messageId: z.string().min(1),
    publishTime: z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'not a time'),
  }),
  subscription: z.string(),
  deliveryAttempt: z.number().int().optional(),
});

/**
 * Reads the body of a push request. A message of attributes alone has no `data`: its data is empty.
 *
 * @param topic The topic that the endpoint's path names: the envelope does not say.
 * @param deadlineMs When the delivery must have been answered, in milliseconds since 1970: the envelope does not say this either.
 * @throws EnvelopeError for anything but a push; its text holds paths, and no values.
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

/** Node skips what is not base64; then fewer bytes come out than went in. */
function decodeBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  if (digits !== Math.ceil((bytes.length * 4) / 3)) throw new EnvelopeError(['message.data: not base64']);
  return bytes;
}
