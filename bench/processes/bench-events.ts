import { makeCatalog } from '../../shared/catalog-definition.ts';
import { catalog as definition } from '../../shared/catalog.ts';
import type { Message } from '../../shared/messages/message.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import { cleanMessage } from '../../shared/tracking/clean-message.ts';
import { assess } from '../../shared/validation/assess.ts';
import { pushRequest } from './push-client.ts';

const stream = 'bench';
const filler = 'a line of the order that makes the event some 300 bytes long, as the events of the cost table are.';

/** Makes the producer's message of an event of 300 bytes. */
export function producedEvent(id: number): Message {
  const event = {
    event_id: id,
    type: 'OrderPaid',
    timestamp: new Date().toISOString(),
    valid: true,
    data: { order: `o-${id}`, customer: 'Zoë Ng', amount: 12.5, note: filler },
  };
  return { data: Buffer.from(JSON.stringify(event)), attributes: { stream } };
}

/** Makes the message of a validated event, as validate publishes it. */
export function validatedEvent(id: number, catalog = makeCatalog(definition)): Message {
  const delivery = {
    ...producedEvent(id),
    ...{ topic: 'events', messageId: String(id), publishedAtMs: Date.now(), deadlineMs: Number.POSITIVE_INFINITY },
  };
  const [assessment] = assess(delivery, catalog, Date.now()).events;
  if (assessment?.topic !== 'validated-events') throw new Error(`event ${id} is not valid`);
  return assessment.message;
}

/** Makes the message of a clean event, as track publishes it. */
export function cleanedEvent(id: number): Message {
  const message = validatedEvent(id);
  return cleanMessage(message, decodeRouting(message.attributes), {
    ...{ replacement: 0, supersedes: false, isFormer: false },
  });
}

/** Builds the requests by which events are pushed to validate. */
export function pushesToValidate(ids: readonly number[]): readonly Buffer[] {
  return ids.map((id) =>
    pushRequest({ topic: 'events', subscription: 'validate-events', id: String(id), ...producedEvent(id) }),
  );
}

/** Builds the requests by which validated events are pushed to track. */
export function pushesToTrack(ids: readonly number[]): readonly Buffer[] {
  const catalog = makeCatalog(definition);
  return ids.map((id) =>
    pushRequest({
      ...{ topic: 'validated-events', subscription: 'track-validated-events', id: `validated-${id}` },
      ...validatedEvent(id, catalog),
    }),
  );
}
