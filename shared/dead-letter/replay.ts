import { attributesOf, filterAttributes, type Message } from '../messages/message.ts';
import { isReserved } from '../messages/provenance.ts';
import { believedAttributes, type LetterRecord } from './record.ts';

export interface ReplayOptions {
  /** Other bytes in place of the producer's: then key and hash are taken from them. */
  readonly edited?: Uint8Array;
  /** The content is to stand in place of what its key holds, which it supersedes. */
  readonly replace?: boolean;
}

/** Writes a letter as a message for `mended-events`: under its root, as the operator's, or as the inference that it was. */
export function replayMessage({ message, root }: LetterRecord, { edited, replace }: ReplayOptions = {}): Message {
  const attributes = believedAttributes(message.attributes);
  const isInference = attributes.origin === 'reconstructed';
  return {
    data: edited ?? message.data,
    attributes: {
      ...filterAttributes(attributes, (name) => !isReserved(name)),
      ...attributesOf({
        origin: isInference ? 'reconstructed' : 'replayed',
        confidence: attributes.confidence,
        method: attributes.method,
        'eventmend-root': root,
        'eventmend-key': edited ? undefined : attributes['eventmend-key'],
        'eventmend-hash': edited ? undefined : attributes['eventmend-hash'],
        'eventmend-replace': replace === true ? 'true' : undefined,
      }),
    },
  };
}
