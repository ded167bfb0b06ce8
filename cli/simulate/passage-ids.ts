import type { Attributes } from '../../shared/messages/message.ts';
import { sentAttribute } from './sent-message.ts';

/** Which ids a message on the way to or from track is about, and which producer's message is behind it. */
export function readPassageIds(attributes: Attributes): {
  readonly n: number | undefined;
  readonly stream: string;
  readonly from: number;
  readonly to: number;
} {
  const from = Number(attributes['eventmend-id']);
  const to = Number(attributes['eventmend-last-id'] ?? from);
  return { n: sentOf(attributes), stream: attributes.stream ?? 'default', from, to };
}

export function sentOf(attributes: Attributes): number | undefined {
  const n = attributes[sentAttribute];
  return n === undefined ? undefined : Number(n);
}
