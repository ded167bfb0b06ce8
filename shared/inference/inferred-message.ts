import { ownMember } from '../event.ts';
import { spellInstant } from '../instant.ts';
import { encodeAttributes } from '../messages/attributes.ts';
import type { Message } from '../messages/message.ts';
import type { InferredEvent } from './infer.ts';

/** An entity less likely than this is not named. */
const likelyEnough = 0.5;

/** The root of a reconstruction: the same whenever the event is inferred again, so that it is taken once. */
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
    [ownMember]: { neighbours: neighbourIds(event), entity: entityOf(event) },
  };
  return {
    data: Buffer.from(JSON.stringify(body)),
    attributes: encodeAttributes<'mended-events'>({
      stream,
      origin: 'reconstructed',
      root: inferredRoot(stream, eventId),
      confidence: String(rounded(confidence)),
      method,
    }),
  };
}

function neighbourIds({ neighbours: { previous, next } }: InferredEvent) {
  return { previous: previous?.eventId, next: next?.eventId };
}

/** Only digests of entities are kept, and no values: so the entity is named by an event that is about it. */
function entityOf({ entity, entityPath }: InferredEvent) {
  if (!entity || entityPath === undefined || entity.confidence < likelyEnough) return undefined;
  return { path: entityPath, sameAs: entity.sameAs, confidence: rounded(entity.confidence) };
}

function rounded(confidence: number): number {
  return Number(confidence.toFixed(4));
}
