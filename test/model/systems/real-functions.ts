import { makeVerify } from '../../../functions/verify/handler.ts';
import type { Catalog } from '../../../shared/catalog-definition.ts';
import { readLetter } from '../../../shared/dead-letter/arrived-letter.ts';
import { replayMessage } from '../../../shared/dead-letter/replay.ts';
import { VirtualClock } from '../../../shared/embedded/clock.ts';
import { AccessError, RetryableError } from '../../../shared/errors.ts';
import type { Delivery, Message } from '../../../shared/messages/message.ts';
import type { SystemOfRecord } from '../../../shared/ports.ts';
import type { SystemName } from '../../../shared/record-kinds.ts';
import { decide } from '../../../shared/tracking/rules.ts';
import { assess } from '../../../shared/validation/assess.ts';
import type { Ref, Sighting } from '../../../shared/verification/sighting.ts';
import { minuteMs, noon, RecordingPublisher } from '../../support/builders.ts';
import { portsInMemory } from '../../support/ports.ts';
import { eventAt, type Health, type RecordVersion } from './verify-scenario.ts';

/** A look-up of verify: the event, and what the system of record shows or how it fails. */
export interface LookUpOfModel {
  readonly delivery: Delivery;
  readonly sighting: Sighting | Error;
  readonly nowMs: number;
  readonly catalog: Catalog;
}

/** The functions of the product that the search runs. A test replaces one by a faulty variant. */
export interface SearchedFunctions {
  readonly decide: typeof decide;
  /** Answers about an event. Undefined if it must be delivered again. */
  readonly verify: (lookUp: LookUpOfModel) => Promise<Message | undefined>;
}

class SystemOfModel implements SystemOfRecord {
  private readonly shown: Sighting | Error;

  constructor(shown: Sighting | Error) {
    this.shown = shown;
  }

  async look(refs: readonly Ref[]): Promise<readonly Sighting[]> {
    const { shown } = this;
    if (shown instanceof Error) throw shown;
    return Promise.resolve(refs.map(() => shown));
  }
}

/** The functions of the product, without a fault. */
export const realFunctions: SearchedFunctions = {
  decide,
  verify: async ({ delivery, sighting, nowMs, catalog }) => {
    const publisher = new RecordingPublisher();
    const system = new SystemOfModel(sighting);
    const systems = new Map<SystemName, SystemOfRecord>([
      ['hubspot', system],
      ['twilio', system],
    ]);
    const { handler } = makeVerify(portsInMemory({ publisher, systems, catalog, clock: new VirtualClock(nowMs) }));
    try {
      await handler(delivery);
    } catch {
      return undefined;
    }
    return publisher.published[0];
  },
};

/** Returns the message that validate passes on. */
export function validated(delivery: Delivery, catalog: Catalog): Message {
  const [assessment, ...more] = assess(delivery, catalog, noon).events;
  if (assessment?.topic !== 'validated-events' || more.length > 0)
    throw new Error('validate does not pass the message on');
  return assessment.message;
}

/** The message of an operator who replays a letter. */
export function replayOf(letter: Message): Message {
  const delivery = { ...letter, topic: 'dead-letter-queue', messageId: '1', publishedAtMs: noon, deadlineMs: Infinity };
  return replayMessage(readLetter(delivery));
}

/** Returns the record that a look-up shows, or fails as it does. */
export function sightingOf(version: RecordVersion, health: Health): Sighting | Error {
  if (health === 'down') return new RetryableError('503');
  if (health === 'forbidden') return new AccessError('403');
  if (version === 'none') return { absent: true, fetchedAtMs: noon };
  const { value, changedAt } = version;
  // A contact of HubSpot has properties. A message of Twilio has a recipient. `at` is the right time of the event.
  const at = new Date(noon + eventAt * minuteMs).toISOString();
  const text = JSON.stringify({ properties: { v: value }, to: value, at });
  return { text, changedAtMs: noon + changedAt * minuteMs, fetchedAtMs: noon };
}
