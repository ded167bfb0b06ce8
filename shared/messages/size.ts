import { maxNodes } from '../json.ts';
import type { Message } from './message.ts';
import { isReserved, trustedTopic } from './provenance.ts';

/** The size limits of messages. */
export interface SizeLimits {
  readonly dataBytes: number;
  /** The number of values and member names in the JSON. */
  readonly nodes: number;
}

/** The maximum size of an event's data. Pub/Sub takes 10 MB for each request, and a letter adds attributes. */
export const maxDataBytes = 9_000_000;
/**
 * The maximum number of a producer's attributes, without `stream`. Pub/Sub takes 100, and Eventmend and Pub/Sub's
 * dead-lettering add some.
 */
export const maxAttributes = 80;

const ofProducers: SizeLimits = { dataBytes: maxDataBytes, nodes: maxNodes };
/** The limits of verify's answers and of replays, which add `valid` or corrected members to the producer's event. */
const ofEventmend: SizeLimits = { dataBytes: maxDataBytes + 500_000, nodes: maxNodes + 1_000 };

/** Returns the limits of messages on a topic. */
export function sizeLimits(topic: string): SizeLimits {
  return topic === trustedTopic ? ofEventmend : ofProducers;
}

/** Returns why a message is too large. Undefined if it is not. */
export function oversize(
  { data, attributes, orderingKey }: Message & { readonly orderingKey?: string },
  { dataBytes }: SizeLimits,
): string | undefined {
  if (data.length > dataBytes) return `data: more than ${dataBytes / 1_000_000} MB`;
  // The ordering key travels as an attribute.
  return countOwn(attributes) + (orderingKey === undefined ? 0 : 1) > maxAttributes
    ? `attributes: more than ${maxAttributes}`
    : undefined;
}

/** Counts the producer's attributes. `stream` does not count, because Eventmend adds it if it is absent. */
function countOwn(attributes: Message['attributes']): number {
  return Object.keys(attributes).filter((name) => name !== 'stream' && !isReserved(name)).length;
}
