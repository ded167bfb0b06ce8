import { makeLetter } from '../dead-letter/letter.ts';
import type { Failure } from '../failure.ts';
import type { Delivery, Message } from '../messages/message.ts';
import type { Passage } from '../messages/routing.ts';

/** A message on its way through track. */
export interface Tracked {
  readonly delivery: Delivery;
  readonly passage: Passage;
}

/** Writes the letter of a tracked message, with all that a replay needs. */
export function letterFor({ delivery, passage }: Tracked, failure: Failure, failedAtMs: number): Message {
  const { root, stream, key, hash, eventId } = passage;
  const isKept = delivery.attributes['eventmend-body'] === 'kept';
  return makeLetter(delivery, failure, { root, failedAtMs, stream, key, hash, eventId, isKept });
}
