import { attributeNames } from '../../shared/messages/attributes.ts';
import type { Attributes } from '../../shared/messages/message.ts';

/** Reads the stream and the ids of a message to track. */
export function readRoutedIds(attributes: Attributes): {
  readonly stream: string;
  readonly from: number;
  readonly to: number;
} {
  const from = Number(attributes[attributeNames.eventId]);
  const to = Number(attributes[attributeNames.lastId] ?? from);
  return { stream: attributes.stream ?? 'default', from, to };
}
