import { InvariantError } from '../errors.ts';
import { attributeNames, encodeAttributes, readAttribute, type EntryRef } from '../messages/attributes.ts';
import { filterAttributes, type Attributes, type Message } from '../messages/message.ts';
import { isReserved, readFailure } from '../messages/provenance.ts';
import { trustedAttributes } from './arrived-letter.ts';
import type { DeadLetter, LetterIn } from './dead-letter.ts';

export interface ReplayOptions {
  /** An operator's edit, which replaces the producer's bytes. Key and hash are then computed anew. */
  readonly edited?: Uint8Array | undefined;
  /** The producer's attributes as the operator has changed them. */
  readonly attributes?: Attributes | undefined;
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

/** The parts of a letter that a replay needs. */
export type ReplayedLetter = Pick<DeadLetter, 'id' | 'root' | 'replay' | 'message'>;

/** The highest number of a replay: an entry has one byte for it. */
export const maxReplays = 255;

/**
 * Writes a letter as a message for `mended-events`, with its root and the number of the replay. Its origin is
 * `replayed`, or `reconstructed` if the letter holds an inference.
 *
 * @throws InvariantError if the letter was replayed {@link maxReplays} times. The caller checks that before.
 */
export function replayMessage(letter: ReplayedLetter, options: ReplayOptions = {}): Message {
  const { message, root } = letter;
  const { edited, replace } = options;
  const attributes = trustedAttributes(message.attributes);
  const replay = letter.replay + 1;
  if (replay > maxReplays) throw new InvariantError(`letter ${letter.id} was replayed ${maxReplays} times`);
  const isInference = readAttribute(attributes, 'origin') === 'reconstructed';
  const isReadAnew = edited !== undefined || isFailure(attributes);
  const taken = [...ofInference, ...ofSource, ...(isReadAnew ? [] : ofBytes)];
  return {
    data: edited ?? message.data,
    attributes: {
      ...producersAttributes(options.attributes ?? attributes),
      ...filterAttributes(attributes, (name) => taken.includes(name)),
      ...encodeAttributes<'mended-events'>({
        origin: isInference ? 'reconstructed' : 'replayed',
        root,
        replay,
        replace,
        left: isReadAnew ? placeOfLetter(attributes) : undefined,
      }),
    },
  };
}

/**
 * Writes the message of a replay that was decided. It is the same message each time, so that a replay can be published
 * again.
 */
export function decidedMessage({ id, root, replay, message, draft, standing }: LetterIn<'sending' | 'sent'>): Message {
  const { version, replace } = standing.replay;
  const edit = version === 'draft' ? { edited: draft?.data, attributes: draft?.attributes } : {};
  return replayMessage({ id, root, replay: replay - 1, message }, { ...edit, replace });
}

/**
 * Whether validate could not read or accept the event. Its key may stand for what was missing, such as the uuid, so a
 * replay is read anew.
 */
function isFailure(attributes: Attributes): boolean {
  return readFailure(attributes)?.stage === 'validate';
}

/** Returns the attributes that the producer set. */
export function producersAttributes(attributes: Attributes): Attributes {
  return filterAttributes(attributes, (name) => !isReserved(name));
}

/** Returns where the entry of a letter's message is. Undefined if its stream or its id could not be read. */
export function placeOfLetter(attributes: Attributes): EntryRef | undefined {
  const stream = readAttribute(attributes, 'stream');
  const place = readAttribute(attributes, 'place');
  const at = place ?? readAttribute(attributes, 'eventId');
  if (stream === undefined || at === undefined) return undefined;
  return { stream, at, isPlace: place !== undefined, key: readAttribute(attributes, 'key') };
}
