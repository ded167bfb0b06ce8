import { readAttribute } from '../messages/attributes.ts';
import type { Message } from '../messages/message.ts';

/** The part of a message that a list shows. */
export interface Excerpt {
  /** The length of the message's data. */
  readonly bytes: number;
  /** The first bytes of the data, at most {@link maxExcerptBytes}. */
  readonly beginning: Uint8Array;
  /**
   * Whether the message was too large to publish. Then it is kept under the letter's root, and the letter has no data.
   */
  readonly isKept: boolean;
}

const maxExcerptBytes = 480;

/** The excerpt of a letter's message. */
export function excerptOf({ data, attributes }: Message): Excerpt {
  // A copy: a view would keep the whole message in memory.
  const beginning = new Uint8Array(data.subarray(0, maxExcerptBytes));
  return { bytes: data.length, beginning, isKept: readAttribute(attributes, 'isKept') ?? false };
}
