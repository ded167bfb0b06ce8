import { makeLetter } from '../messages/letter.ts';
import type { Failure } from '../failure.ts';
import { readAttribute } from '../messages/attributes.ts';
import type { Delivery, Message } from '../messages/message.ts';
import type { RoutingAttributes } from '../messages/routing.ts';

/** A message that track handles. */
export interface Tracked {
  readonly delivery: Delivery;
  readonly routing: RoutingAttributes;
}

/**
 * Writes the letter of a tracked message, with the attributes that a replay needs. What was claimed as an event keeps
 * its identity and its place. A failure has neither: its replay is read anew.
 */
export function letterFor({ delivery, routing }: Tracked, failure: Failure, failedAtMs: number): Message {
  const { root, stream, type, key, hash, formerly, place, replay, facts } = routing;
  const eventId = place === undefined ? routing.eventId : undefined;
  const identity = routing.kind === 'failure' ? {} : { key, hash, formerly, place };
  const keptBytes = readAttribute(delivery.attributes, 'keptBytes');
  return makeLetter(delivery, failure, {
    root,
    failedAtMs,
    stream,
    eventId,
    type,
    ...identity,
    replay,
    facts,
    keptBytes,
  });
}
