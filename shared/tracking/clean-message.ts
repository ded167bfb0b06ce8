import { idempotencyKey, inferredKey } from '../identity.ts';
import { setMember } from '../json-text.ts';
import { encodeAttributes, type AttributesFor } from '../messages/attributes.ts';
import type { Message } from '../messages/message.ts';
import type { RoutingAttributes } from '../messages/routing.ts';
import { stripInternal } from '../messages/provenance.ts';
import type { Verdict } from './claim.ts';

/**
 * Writes an accepted event for consumers: the unchanged bytes, with `valid` set to true if it is missing or null,
 * attributes that identify the event, and the producer's ordering key.
 */
export function cleanMessage(
  message: Message,
  routing: RoutingAttributes,
  { replacement, supersedes, isFormer }: Pick<Verdict & { act: 'publish' }, 'replacement' | 'supersedes' | 'isFormer'>,
): Message {
  const { stream, type, eventId, place, instantMs, formerly, origin, repairs, facts } = routing;
  const key = isFormer && formerly ? formerly.key : routing.key;
  const replaced =
    replacement > 0 ? idempotencyKey(stream, key, replacement - 1) : idempotencyKey(stream, inferredKey(eventId), 0);
  return {
    data: repairs ? withValid(message.data) : message.data,
    attributes: {
      ...stripInternal(message.attributes),
      ...encodeAttributes<'cleaned-events'>({
        stream,
        cleanType: type,
        cleanId: place === undefined ? eventId : undefined,
        cleanInstantMs: instantMs,
        idempotencyKey: idempotencyKey(stream, key, replacement),
        origin,
        repaired: repairs ? 'valid' : undefined,
        supersedes: supersedes ? replaced : undefined,
      } satisfies AttributesFor<'cleaned-events'>),
    },
    ...(facts.orderingKey !== undefined && { orderingKey: facts.orderingKey }),
  };
}

/** Sets `valid` to true in an event. */
export function withValid(data: Uint8Array): Uint8Array {
  return Buffer.from(setMember(Buffer.from(data).toString(), 'valid', true));
}
