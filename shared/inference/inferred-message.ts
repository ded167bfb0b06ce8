import { ownMember } from '../event.ts';
import { spellInstant } from '../instant.ts';
import { encodeAttributes } from '../messages/attributes.ts';
import type { Message } from '../messages/message.ts';
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

/** Writes an inferred event as a message for `mended-events`. */
export function inferredMessage(stream: string, event: InferredEvent): Message {
  const { eventId, type, instantMs, confidence, method } = event;
  const body = {
    event_id: eventId,
    type,
    timestamp: spellInstant(instantMs),
    valid: true,
    [ownMember]: { neighbours: neighbourIds(event), entity: entityOf(event), ...confidenceOf(event) },
  };
  return {
    data: Buffer.from(JSON.stringify(body)),
    attributes: encodeAttributes<'mended-events'>({
      stream,
      origin: 'reconstructed',
      root: inferredRoot(stream, eventId),
      confidence: String(roundProbability(confidence)),
      method,
    }),
  };
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
