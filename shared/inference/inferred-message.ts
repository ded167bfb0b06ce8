import { ownMember } from '../event.ts';
import { spellInstant } from '../instant.ts';
import { encodeAttributes } from '../messages/attributes.ts';
import type { Attributes, Message } from '../messages/message.ts';
import { eventsName, type Source } from '../sources/source.ts';
import { writeEvent } from '../sources/write-event.ts';
import type { InferredEvent } from './infer.ts';

/** The minimum confidence for an entity to be named in an inferred event. */
const likelyEnough = 0.5;

/**
 * Returns the root of an inferred event. It is the same each time that the event is inferred, so that the event is
 * accepted once.
 */
export function inferredRoot(stream: string, eventId: number): string {
  return `inferred/${stream}/${eventId}`;
}

/** Writes an inferred event as a message for `mended-events`, in the default format. */
export function inferredMessage(stream: string, event: InferredEvent): Message {
  const { eventId, type, instantMs } = event;
  const body = {
    event_id: eventId,
    type,
    timestamp: spellInstant(instantMs),
    valid: true,
    [ownMember]: description(event),
  };
  return { data: Buffer.from(JSON.stringify(body)), attributes: attributesOf(stream, event) };
}

/**
 * Writes an inferred event as a message for `mended-events`, in the format of its source. What the default format has
 * under `_eventmend` is an attribute in other formats, since a consumer's parser may refuse an unknown member.
 *
 * @returns The reason as a text if the format cannot be written.
 */
export function inferredMessageOf(source: Source, stream: string, event: InferredEvent): Message | string {
  if (source.name === eventsName) return inferredMessage(stream, event);
  const { eventId, type, instantMs } = event;
  const written = writeEvent(source, { stream, eventId, type, instantMs, root: inferredRoot(stream, eventId) });
  if (typeof written === 'string') return `the format of its source cannot be written: ${written}`;
  const isPlain = source.format.name === undefined;
  const body = isPlain ? { ...written.body, [ownMember]: description(event) } : written.body;
  return {
    data: Buffer.from(JSON.stringify(body)),
    attributes: {
      ...written.attributes,
      ...attributesOf(stream, event),
      ...encodeAttributes<'mended-events'>({
        source: { name: source.name, position: undefined },
        inference: isPlain ? undefined : JSON.stringify(description(event)),
      }),
    },
  };
}

function description(event: InferredEvent) {
  return { neighbours: neighbourIds(event), entity: entityOf(event), ...confidenceOf(event) };
}

function attributesOf(stream: string, { eventId, confidence, method }: InferredEvent): Attributes {
  return encodeAttributes<'mended-events'>({
    stream,
    origin: 'reconstructed',
    root: inferredRoot(stream, eventId),
    confidence: String(roundProbability(confidence)),
    method,
  });
}

function neighbourIds({ neighbours: { previous, next } }: InferredEvent) {
  return { previous: previous?.eventId, next: next?.eventId };
}

/** Describes the two factors of the confidence, and the counts behind the second one. */
function confidenceOf({ typeConfidence, existence: { probability, answers, assumed } }: InferredEvent) {
  return {
    typeConfidence: roundProbability(typeConfidence),
    existed: { confidence: roundProbability(probability), answers, assumed },
  };
}

/** Describes the entity by an event of it, because only digests of entities are stored, and no values. */
function entityOf({ entity, entityPath }: InferredEvent) {
  if (!entity || entityPath === undefined || entity.confidence < likelyEnough) return undefined;
  return { path: entityPath, sameAs: entity.sameAs, confidence: roundProbability(entity.confidence) };
}

/** Rounds a probability for display. */
export function roundProbability(confidence: number): number {
  return Number(confidence.toFixed(4));
}
