import { spellInstant } from '../instant.ts';
import type { Message } from '../message.ts';
import type { InferredEvent } from './infer.ts';

/** The root of a reconstruction: the same whenever the event is inferred again, so that it is taken once. */
export function inferredRoot(stream: string, eventId: number): string {
  return `inferred/${stream}/${eventId}`;
}

/** Writes an inferred event as a message for `mended-events`. */
export function inferredMessage(stream: string, { eventId, type, instantMs, confidence }: InferredEvent): Message {
  const body = { event_id: eventId, type, timestamp: spellInstant(instantMs), valid: true };
  return {
    data: Buffer.from(JSON.stringify(body)),
    attributes: {
      stream,
      origin: 'reconstructed',
      'eventmend-root': inferredRoot(stream, eventId),
      confidence: String(Number(confidence.toFixed(4))),
      method: 'context',
    },
  };
}
