import { readAttribute } from '../messages/attributes.ts';
import type { Message } from '../messages/message.ts';

/** The part of a message that a list shows. */
export interface Excerpt {
  /** The length of the message's data, also if it is kept apart. 0 if an earlier release kept it. */
  readonly bytes: number;
  /** The first bytes of the data, at most {@link maxExcerptBytes}. */
  readonly beginning: Uint8Array;
  /**
   * Whether the message was too large to publish. Then it is kept under the letter's root, and the letter has no data.
   */
  readonly isKept: boolean;
}

const maxExcerptBytes = 480;

/** Returns the length of a letter's message. Undefined for one that an earlier release kept apart. */
export function bytesOf(excerpt: Excerpt | undefined): number | undefined {
  return excerpt?.isKept && excerpt.bytes === 0 ? undefined : excerpt?.bytes;
}

/** The excerpt of a letter's message. */
export function excerptOf({ data, attributes }: Message): Excerpt {
  // A copy: a view would keep the whole message in memory.
  const beginning = new Uint8Array(data.subarray(0, maxExcerptBytes));
  const isKept = readAttribute(attributes, 'isKept') ?? false;
  const keptBytes = isKept ? readAttribute(attributes, 'keptBytes') : undefined;
  // In a letter that Eventmend did not write, the attribute can be any text.
  const bytes = keptBytes !== undefined && Number.isSafeInteger(keptBytes) ? keptBytes : data.length;
  return { bytes, beginning, isKept };
}
