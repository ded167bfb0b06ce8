import type { Message } from '../shared/messages/message.ts';
import { messageOverheadBytes, minRequestBytes } from './prices.ts';

/** How long a publisher gathers messages for one request, in seconds. shared/gcp/publisher.ts has it in milliseconds. */
const gatherSeconds = 0.005;

/** Returns the size of a message for which Pub/Sub bills, in bytes. */
function bytesOf({ data, attributes }: Message): number {
  const texts = Object.entries(attributes).flat();
  return data.length + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) + messageOverheadBytes;
}

/** Returns the bytes for which a push of a message is billed: each is a request of its own. */
export function pushedBytes(message: Message): number {
  return Math.max(minRequestBytes, bytesOf(message));
}

/** Returns the bytes for which the publish of a message is billed, if others are published with it in one request. */
export function publishedBytes(message: Message, perSecond: number): number {
  const inRequest = 1 + perSecond * gatherSeconds;
  return Math.max(minRequestBytes / inRequest, bytesOf(message));
}
