import { makeCatalog, type CatalogDefinition } from '../../shared/catalog-definition.ts';
import { assess } from '../../shared/validation/assess.ts';
import { aDelivery, type DeliverySketch } from './deliveries.ts';

export const assessedAtMs = Date.UTC(2025, 1, 9, 12);

export function assessed(sketch: DeliverySketch, catalog: CatalogDefinition = {}) {
  return assess(aDelivery(sketch), makeCatalog(catalog), assessedAtMs);
}

/** The attributes that track receives, or the dead letter has, and the topic of either. */
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
