import { readJsonObject } from '../json.ts';
import type { Message } from '../messages/message.ts';
import { sizeLimits } from '../messages/size.ts';
import { trustedTopic } from '../messages/provenance.ts';
import { JsonPlaces } from './json-places.ts';

/** An event that is compared with its record. */
export interface CheckedEvent {
  /** Its values, by JSON pointer. Undefined if its body is no plain JSON object, so that it cannot be edited. */
  readonly values: JsonPlaces | undefined;
  /** Whether the event is valid by its own word. */
  readonly isValid: boolean;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** Reads the body of an event. */
export function readCheckedEvent({ data }: Pick<Message, 'data'>, atMs: number): CheckedEvent {
  const object = readJsonObject(data, sizeLimits(trustedTopic).nodes);
  if (typeof object === 'string') return { values: undefined, isValid: true, atMs };
  return { values: new JsonPlaces(object.text), isValid: object.members.valid !== false, atMs };
}
