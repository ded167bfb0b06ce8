import { attributeNames, encodeAttributes, readAttribute } from '../messages/attributes.ts';
import { filterAttributes, type Message } from '../messages/message.ts';
import { isReserved } from '../messages/provenance.ts';
import { trustedAttributes, type LetterRecord } from './record.ts';

export interface ReplayOptions {
  /** An operator's edit, which replaces the producer's bytes. Key and hash are then computed anew. */
  readonly edited?: Uint8Array;
  /** Whether the content supersedes the event that has its key. */
  readonly replace?: boolean;
}

/**
 * The attributes that a replay copies from the letter: those of an inference, those that tell how the message is read,
 * and those that describe the bytes.
 */
const ofInference: readonly string[] = [attributeNames.confidence, attributeNames.method];
const ofSource: readonly string[] = [attributeNames.source, attributeNames.publishedAtMs, attributeNames.orderingKey];
const ofBytes: readonly string[] = [
  attributeNames.key,
  attributeNames.hash,
  attributeNames.formerly,
  attributeNames.place,
];

/**
 * Writes a letter as a message for `mended-events`, with its root. Its origin is `replayed`, or `reconstructed` if the
 * letter holds an inference.
 */
export function replayMessage({ message, root }: LetterRecord, { edited, replace }: ReplayOptions = {}): Message {
  const attributes = trustedAttributes(message.attributes);
  const isInference = readAttribute(attributes, 'origin') === 'reconstructed';
  const taken = [...ofInference, ...ofSource, ...(edited ? [] : ofBytes)];
  return {
    data: edited ?? message.data,
    attributes: {
      ...filterAttributes(attributes, (name) => !isReserved(name) || taken.includes(name)),
      ...encodeAttributes<'mended-events'>({ origin: isInference ? 'reconstructed' : 'replayed', root, replace }),
    },
  };
}
