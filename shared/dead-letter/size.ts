import type { Message } from '../messages/message.ts';

/** Bytes of data beyond which a message is not passed on: Pub/Sub takes 10 MB a request, and a letter adds attributes. */
export const maxDataBytes = 9_000_000;
/** Attributes beyond which a message is not passed on: Pub/Sub takes 100, and Eventmend and Pub/Sub's dead-lettering add theirs. */
export const maxAttributes = 80;

/** Says what makes a message too large to pass on with what is added on the way. Undefined for one that is not. */
export function oversize({ data, attributes }: Message): string | undefined {
  if (data.length > maxDataBytes) return 'data: more than 9 MB';
  return Object.keys(attributes).length > maxAttributes ? 'attributes: more than 80' : undefined;
}
