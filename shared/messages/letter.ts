import { cutDetail, type Failure } from '../failure.ts';
import { encodeAttributes, type AttributesFor, type Identity } from './attributes.ts';
import type { Attributes, Message } from './message.ts';
import { stripInternal } from './provenance.ts';
import type { SourceFacts } from './routing.ts';
import type { Digest } from '../digest.ts';

/** The data of a letter about its message, as far as known. */
export interface LetterOrigin {
  readonly root: string;
  readonly failedAtMs: number;
  readonly stream?: string;
  readonly eventId?: number | undefined;
  /** Empty if it is not known. */
  readonly type?: string | undefined;
  readonly key?: string | undefined;
  readonly hash?: Digest | undefined;
  readonly formerly?: Identity | undefined;
  /** The place of the event in an unnumbered stream. */
  readonly place?: number | undefined;
  /** The number of the replay that failed. */
  readonly replay?: number;
  /** Undefined for a letter about no message. */
  readonly facts?: SourceFacts;
  /** The length of the data of a message that is too large to publish, and is in the dead-letter store under its root. */
  readonly keptBytes?: number | undefined;
}

/**
 * Writes a dead letter: the unchanged bytes and attributes of the producer, and the reason as further attributes. It
 * has the same form as the letters that Pub/Sub writes to the same topic. A replay needs root, key,
 * hash and place.
 */
export function makeLetter(message: Message, failure: Failure, origin: LetterOrigin): Message {
  return {
    data: message.data,
    attributes: { ...stripInternal(message.attributes), ...letterAttributes(failure, origin) },
  };
}

function letterAttributes({ code, stage, detail }: Failure, origin: LetterOrigin): Attributes {
  const { stream, root, failedAtMs, eventId, type, key, hash, formerly, place, replay, keptBytes } = origin;
  const { source, publishedAtMs, orderingKey } = origin.facts ?? {};
  return encodeAttributes<'dead-letter-queue'>({
    stream,
    code,
    stage,
    detail: cutDetail(detail),
    root,
    failedAtMs,
    eventId,
    type,
    key,
    hash,
    formerly,
    place,
    replay,
    source,
    publishedAtMs,
    orderingKey,
    isKept: keptBytes !== undefined,
    keptBytes,
  } satisfies AttributesFor<'dead-letter-queue'>);
}
