import type { Catalog } from '../catalog-definition.ts';
import type { DeadLetter, ReplayedEntry } from '../dead-letter/dead-letter.ts';
import { maxReplays, replayMessage, type ReplayOptions } from '../dead-letter/replay.ts';
import { trustedAttributes } from '../dead-letter/arrived-letter.ts';
import { digest } from '../digest.ts';
import type { Failure } from '../failure.ts';
import { idempotencyKey, uuidOf } from '../identity.ts';
import { readAttribute } from '../messages/attributes.ts';
import { trustedTopic } from '../messages/provenance.ts';
import { decodeRouting, type RoutingAttributes } from '../messages/routing.ts';
import { eventsName } from '../sources/source.ts';
import { assess, type Assessment } from '../validation/assess.ts';

/** The decision of validate on a replay, before it is sent. */
export interface ReplayCheck {
  /** The first failure. Undefined if every event of the message is sound. */
  readonly failure: Failure | undefined;
  /** The events of the message whose stream and id can be read, at most {@link maxShownEvents}. */
  readonly becomes: readonly CheckedReplay[];
  /** The number of events of the message. */
  readonly eventCount: number;
  /** The routing attributes, if the message is one event. */
  readonly routing: RoutingAttributes | undefined;
}

/** An event as it would be published. */
export interface CheckedReplay {
  readonly stream: string;
  /** Empty if the event is a failure. */
  readonly type: string;
  /** Undefined in an unnumbered stream. */
  readonly id: number | undefined;
  readonly uuid: string | undefined;
  readonly idempotencyKey: string;
}

export const maxShownEvents = 100;

/** Runs the assessment of validate on the message that a replay of a record would send. */
export function checkReplay(
  { id, root, replay, message }: DeadLetter,
  options: ReplayOptions,
  catalog: Catalog,
  nowMs: number,
): ReplayCheck {
  const number = Math.min(replay, maxReplays - 1);
  const delivery = {
    ...replayMessage({ id, root, replay: number, message }, options),
    topic: trustedTopic,
    messageId: 'check',
    publishedAtMs: nowMs,
    deadlineMs: Number.POSITIVE_INFINITY,
  };
  let failure: Failure | undefined;
  let eventCount = 0;
  const routings: RoutingAttributes[] = [];
  for (const assessment of assess(delivery, catalog, nowMs).events) {
    const routing = routingOf(assessment);
    failure ??= assessment.failure ?? routing?.failure;
    if (routing && routings.length < maxShownEvents) routings.push(routing);
    eventCount++;
  }
  const routing = eventCount === 1 ? routings[0] : undefined;
  return { failure, becomes: routings.map(describe), eventCount, routing };
}

function routingOf({ topic, message }: Assessment): RoutingAttributes | undefined {
  return topic === 'validated-events' ? decodeRouting(message.attributes) : undefined;
}

function describe({ stream, type, place, eventId, key }: RoutingAttributes): CheckedReplay {
  const id = place === undefined ? eventId : undefined;
  return { stream, type, id, uuid: uuidOf(key), idempotencyKey: idempotencyKey(stream, key, 0) };
}

/** Returns the entry that answers for a replay. Undefined for a void, which claims several ids. */
export function replayedEntryOf(routing: RoutingAttributes | undefined): ReplayedEntry | undefined {
  if (!routing || routing.kind === 'void') return undefined;
  const { stream, eventId, place, key, hash, formerly } = routing;
  const entry = { stream, at: eventId, isUnnumbered: place !== undefined, key: digest(key), hash };
  return formerly ? { ...entry, formerly: { key: digest(formerly.key), hash: formerly.hash } } : entry;
}

/** Whether the catalog has the source of a letter. */
export function isSourceKnown({ message }: Pick<DeadLetter, 'message'>, catalog: Catalog): boolean {
  const source = readAttribute(trustedAttributes(message.attributes), 'source');
  return catalog.sources.find(source?.name ?? eventsName) !== undefined;
}
