import type { Attributes, Delivery } from '../../shared/messages/message.ts';

export interface DeliverySketch {
  /** An object is serialised; a text stands as it is. */
  readonly data?: string | Uint8Array | object;
  readonly attributes?: Attributes;
  readonly topic?: string;
  readonly messageId?: string;
}

/** A message from a producer, unless said otherwise. */
export function aDelivery({
  data = anEvent(),
  attributes = {},
  topic = 'events',
  messageId = '1',
}: DeliverySketch = {}): Delivery {
  const bytes = data instanceof Uint8Array ? data : Buffer.from(typeof data === 'string' ? data : JSON.stringify(data));
  return { data: bytes, attributes, topic, messageId, publishedAtMs: 0, deadlineMs: Number.POSITIVE_INFINITY };
}

/** A sound event with id 6. */
export function anEvent(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { event_id: 6, type: 'CRM_Sync', timestamp: '2025-02-09T12:00:00', valid: true, ...over };
}

export function textOf({ data }: { readonly data: Uint8Array }): string {
  return Buffer.from(data).toString();
}
