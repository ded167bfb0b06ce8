import { excerptOf } from '../dead-letter/excerpt.ts';
import type { DeadLetter } from '../dead-letter/dead-letter.ts';
import type { Attributes, Message } from '../messages/message.ts';
import { isReserved } from '../messages/provenance.ts';
import type { DeadLetterStore } from '../ports.ts';
import { maskPersonal } from './mask-personal.ts';
import { wholeTextOf, type WholeText } from './message-text.ts';

/** A message of a letter, as the API answers it. */
export interface LetterBody extends WholeText {
  readonly bytes: number;
  readonly attributes: Attributes;
  /** The names of the attributes that an edit can change: those that the producer set. */
  readonly editable: readonly string[];
  /** The pointers to the personal values that are masked. `all`: the message cannot be read, so none of it is shown. */
  readonly masked: readonly string[] | 'all';
}

/** @param personal JSON Pointers to personal values. Empty: nothing is masked. */
export function letterBody({ data, attributes }: Message, personal: readonly string[]): LetterBody {
  const editable = Object.keys(attributes).filter((name) => !isReserved(name));
  const whole = { bytes: data.length, attributes, editable };
  if (personal.length === 0 || data.length === 0) return { ...whole, ...wholeTextOf(data), masked: [] };
  const { text, masked } = maskPersonal(data, personal);
  if (text === undefined) return { ...whole, encoding: 'text', data: '', masked: 'all' };
  return { ...whole, encoding: 'text', data: text, masked };
}

/** Loads the original of a record. One that was too large to publish is kept apart. */
export async function loadOriginal(
  letters: Pick<DeadLetterStore, 'kept'>,
  { root, message, kept }: DeadLetter,
): Promise<Message> {
  if (!excerptOf(message).isKept) return message;
  const stored = await letters.kept(root, kept[0] ?? 0);
  return { data: stored?.data ?? message.data, attributes: { ...stored?.attributes, ...message.attributes } };
}
