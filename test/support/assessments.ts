import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import type { Attributes, Delivery } from '../../shared/messages/message.ts';
import { assess } from '../../shared/validation/assess.ts';
import { aCrmSync, aDelivery } from './builders.ts';

export const assessedAtMs = Date.UTC(2025, 1, 9, 12);

/** A delivery from a producer. By default it carries the event of {@link aCrmSync}. */
export interface DeliverySketch {
  /** An object is serialised; a text stands as it is. */
  readonly data?: string | Uint8Array | object;
  readonly attributes?: Attributes;
  readonly topic?: string;
  readonly messageId?: string;
}

export function assessed({ data = aCrmSync(), ...delivery }: DeliverySketch, catalog: CatalogDefinition = {}) {
  return assessOnly(aDelivery({ ...delivery, content: data }), catalog);
}

/** Assesses a message that holds one event. */
export function assessOnly(delivery: Delivery, catalog: CatalogDefinition = {}, nowMs = assessedAtMs) {
  const { events, renamed } = assess(delivery, makeCatalog(catalog), nowMs);
  const [event, ...more] = events;
  if (!event || more.length > 0) throw new Error(`the message holds ${event ? more.length + 1 : 0} events`);
  return { ...event, renamed };
}

/** Assesses a delivery. @returns The topic and the attributes of the message to track, or of the dead letter. */
export function attributesFor(sketch: DeliverySketch, catalog?: CatalogDefinition) {
  const { topic, message } = assessed(sketch, catalog);
  return { topic, ...message.attributes };
}

export const passes = { topic: 'validated-events', 'eventmend-kind': 'event' };
export const fails = (code: string, detail: string) => ({
  topic: 'validated-events',
  'eventmend-kind': 'failure',
  'eventmend-code': code,
  'eventmend-stage': 'validate',
  'eventmend-detail': detail,
});
export const isLetter = (code: string, detail: string) => ({
  topic: 'dead-letter-queue',
  'eventmend-code': code,
  'eventmend-detail': detail,
  'eventmend-root': 'events/1',
});
