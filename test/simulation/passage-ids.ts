import type { Attributes } from '../../shared/messages/message.ts';

/** Reads the stream and the ids that a message to track is about. */
export function readPassageIds(attributes: Attributes): {
  readonly stream: string;
  readonly from: number;
  readonly to: number;
} {
  const from = Number(attributes['eventmend-id']);
  const to = Number(attributes['eventmend-last-id'] ?? from);
  return { stream: attributes.stream ?? 'default', from, to };
}
