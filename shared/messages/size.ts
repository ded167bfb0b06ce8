import { maxNodes } from '../json.ts';
import type { Message } from './message.ts';
import { isReserved, trustedTopic } from './provenance.ts';

/** Limits of what is passed on. */
export interface SizeLimits {
  readonly dataBytes: number;
  /** Values and names of members in the JSON. */
  readonly nodes: number;
}

/** Bytes of data beyond which an event is not passed on: Pub/Sub takes 10 MB a request, and a letter adds attributes. */
export const maxDataBytes = 9_000_000;
/**
 * Attributes of a producer's beyond which a message is not passed on, its stream not counted: Pub/Sub takes 100, and Eventmend and
 * Pub/Sub's dead-lettering add theirs.
 */
export const maxAttributes = 80;

const ofProducers: SizeLimits = { dataBytes: maxDataBytes, nodes: maxNodes };
/** An answer of verify, or a replay, is the producer's event with something added: `valid`, or corrected members. */
const ofEventmend: SizeLimits = { dataBytes: maxDataBytes + 500_000, nodes: maxNodes + 1_000 };

/** The limits of messages of a topic. */
export function sizeLimits(topic: string): SizeLimits {
  return topic === trustedTopic ? ofEventmend : ofProducers;
}

/** Says what makes a message too large to pass on with what is added on the way. Undefined for one that is not. */
export function oversize({ data, attributes }: Message, { dataBytes }: SizeLimits): string | undefined {
  if (data.length > dataBytes) return `data: more than ${dataBytes / 1_000_000} MB`;
  return countOwn(attributes) > maxAttributes ? `attributes: more than ${maxAttributes}` : undefined;
}

/** Counts the attributes that are the producer's own. The stream is added to a message that names none. */
function countOwn(attributes: Message['attributes']): number {
  return Object.keys(attributes).filter((name) => name !== 'stream' && !isReserved(name)).length;
}
