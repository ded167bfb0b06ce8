import type { Failure } from '../failure.ts';
import { encodeAttributes, type AttributesFor } from './attributes.ts';
import type { Attributes, Message } from './message.ts';
import { stripInternal } from './provenance.ts';
import type { Digest } from '../digest.ts';

/** What a letter says of the message behind it, as far as it is known. */
export interface LetterOrigin {
  readonly root: string;
  readonly failedAtMs: number;
  readonly stream?: string;
  readonly eventId?: number | undefined;
  readonly key?: string | undefined;
  readonly hash?: Digest | undefined;
  /** The message is too large to travel: the dead-letter store keeps it under its root. */
  readonly isKept?: boolean;
}

/**
 * Writes a dead letter: the producer's bytes and attributes as they came, and the reason beside them. The shape is that of
 * Pub/Sub's own dead-lettering, which reaches the same topic. Root, key and hash are what a replay needs.
 */
export function makeLetter(message: Message, failure: Failure, origin: LetterOrigin): Message {
  return {
    data: message.data,
    attributes: { ...stripInternal(message.attributes), ...letterAttributes(failure, origin) },
  };
}

function letterAttributes({ code, stage, detail }: Failure, origin: LetterOrigin): Attributes {
  const { stream, root, failedAtMs, eventId, key, hash, isKept } = origin;
  return encodeAttributes<'dead-letter-queue'>({
    stream,
    code,
    stage,
    detail,
    root,
    failedAtMs,
    eventId,
    key,
    hash,
    isKept,
  } satisfies AttributesFor<'dead-letter-queue'>);
}
