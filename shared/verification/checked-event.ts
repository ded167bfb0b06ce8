import type { Delivery } from '../messages/message.ts';
import { trustedTopic } from '../messages/provenance.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import { sizeLimits } from '../messages/size.ts';
import { isUnread, type SourceBody } from '../sources/body.ts';
import { membersOfForm } from '../sources/form.ts';
import { readMessage, type ReadEvent } from '../sources/read-message.ts';
import { eventsName } from '../sources/source.ts';
import type { Sources } from '../sources/sources.ts';
import { JsonPlaces } from './json-places.ts';

/** An event that is compared with its record. */
export interface CheckedEvent {
  /** Its values, by JSON pointer. A form has texts. Undefined if its body is neither a JSON object nor a form. */
  readonly values: JsonPlaces | undefined;
  /** Whether its text may be edited: it is plain JSON of the default format. No other body is ever edited. */
  readonly isEditable: boolean;
  /** Whether the event is valid by its own word. */
  readonly isValid: boolean;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

type Routed = Pick<RoutingAttributes, 'instantMs' | 'place' | 'facts'>;

/** Reads an event as its source says. */
export function readCheckedEvent(delivery: Delivery, routing: Routed, sources: Sources): CheckedEvent {
  const atMs = routing.instantMs ?? delivery.publishedAtMs;
  const source = sources.find(routing.facts.source?.name ?? eventsName);
  const content = source && contentOf({ ...source, split: undefined }, delivery, routing);
  // The catalog no longer has the source, or reads it in another way. Nothing is known of the event.
  if (!content) return { values: undefined, isEditable: false, isValid: false, atMs };
  const { body, fields } = content;
  const valid = fields ? fields.valid : body.object?.members.valid;
  const isEditable = source.format.name === undefined && body.isPlainJson;
  return { values: valuesIn(body), isEditable, isValid: valid !== false, atMs };
}

function contentOf(
  source: Parameters<typeof readMessage>[0],
  delivery: Delivery,
  { place, facts }: Routed,
): ReadEvent | undefined {
  const message = {
    ...delivery,
    orderingKey: facts.orderingKey,
    publishedAtMs: facts.publishedAtMs ?? delivery.publishedAtMs,
    position: facts.source?.position,
  };
  const required = { eventId: place === undefined, uuid: false };
  const [reading] = readMessage(source, message, { limits: sizeLimits(trustedTopic), requiredIn: () => required });
  return reading && !isUnread(reading.content) ? reading.content : undefined;
}

function valuesIn({ object, pairs }: SourceBody): JsonPlaces | undefined {
  if (pairs) return new JsonPlaces(JSON.stringify(membersOfForm(pairs)));
  return object && !object.isSkimmed ? new JsonPlaces(object.text) : undefined;
}
