import { ownMember } from '../event.ts';
import { readEventId } from '../fields/event-id.ts';
import { readTimestamp } from '../fields/timestamp.ts';
import { spellInstant } from '../instant.ts';
import { inferredRoot } from '../inference/inferred-message.ts';
import { encodeAttributes } from '../messages/attributes.ts';
import type { Message } from '../messages/message.ts';
import { methodOfRecovery } from '../messages/provenance.ts';
import { eventsName, type Source } from '../sources/source.ts';
import { JsonPlaces } from '../verification/json-places.ts';
import type { FindSettings } from './find-settings.ts';

/** A missing event that a system of record has. */
export interface RecoveredEvent {
  readonly eventId: number;
  /** Milliseconds since 1970. */
  readonly instantMs: number;
  /** The JSON text of its `data`, as the system spells it. Undefined if there is none. */
  readonly data: string | undefined;
}

/** Reads an item of a list. Undefined if it has no number or no time that can be read. @param item Valid JSON. */
export function readRecoveredEvent(item: string, find: FindSettings): RecoveredEvent | undefined {
  const places = new JsonPlaces(item);
  const [number, time] = [places.textAt(find.number), places.textAt(find.timestamp)];
  if (number === undefined || time === undefined) return undefined;
  const eventId = readEventId(JSON.parse(number), number, true);
  const timestamp = readTimestamp(JSON.parse(time), time, find.in);
  if (!('value' in eventId) || !('value' in timestamp)) return undefined;
  const data = find.data === undefined ? undefined : places.textAt(find.data);
  return { eventId: eventId.value, instantMs: timestamp.value.ms, data };
}

/**
 * Writes a recovered event as a message for `mended-events`, in the default format. It is a reconstruction: it has the
 * key and the root of an inferred event, so that a late original supersedes it.
 */
export function recoveredMessage(
  source: Source,
  stream: string,
  { eventId, instantMs, data }: RecoveredEvent,
  { type, system }: FindSettings,
): Message {
  const members = [
    `"event_id":${eventId}`,
    `"type":${JSON.stringify(type)}`,
    `"timestamp":"${spellInstant(instantMs)}"`,
    '"valid":true',
    ...(data === undefined ? [] : [`"data":${data}`]),
    `"${ownMember}":{"recoveredFrom":"${system}"}`,
  ];
  return {
    data: Buffer.from(`{${members.join()}}`),
    attributes: encodeAttributes<'mended-events'>({
      stream,
      origin: 'reconstructed',
      root: inferredRoot(stream, eventId),
      method: methodOfRecovery,
      source: source.name === eventsName ? undefined : { name: source.name, position: undefined },
    }),
  };
}
