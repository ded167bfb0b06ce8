import { attributeNames, encodeAttributes, readAttribute } from '../messages/attributes.ts';
import { filterAttributes, type Message } from '../messages/message.ts';
import { isReserved } from '../messages/provenance.ts';
import { trustedAttributes, type LetterRecord } from './record.ts';

export interface ReplayOptions {
  /** Other bytes in place of the producer's: then key and hash are taken from them. */
  readonly edited?: Uint8Array;
  /** The content is to stand in place of what its key holds, which it supersedes. */
  readonly replace?: boolean;
}

/** The attributes that a replay takes over from the letter, as they are: those of an inference, and those of the bytes. */
const ofInference: readonly string[] = [attributeNames.confidence, attributeNames.method];
const ofBytes: readonly string[] = [attributeNames.key, attributeNames.hash];

/** Writes a letter as a message for `mended-events`: under its root, as the operator's, or as the inference that it was. */
export function replayMessage({ message, root }: LetterRecord, { edited, replace }: ReplayOptions = {}): Message {
  const attributes = trustedAttributes(message.attributes);
  const isInference = readAttribute(attributes, 'origin') === 'reconstructed';
  const taken = edited ? ofInference : [...ofInference, ...ofBytes];
  return {
    data: edited ?? message.data,
    attributes: {
      ...filterAttributes(attributes, (name) => !isReserved(name) || taken.includes(name)),
      ...encodeAttributes<'mended-events'>({ origin: isInference ? 'reconstructed' : 'replayed', root, replace }),
    },
  };
}
