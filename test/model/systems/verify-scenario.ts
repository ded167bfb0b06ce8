import type { CatalogDefinition } from '../../../shared/catalog-definition.ts';
import type { Delivery } from '../../../shared/messages/message.ts';
import { aDelivery, minuteMs, noon } from '../../support/builders.ts';

/** A message of a producer, or one that reconciliation recovered, and the truth about it. */
export interface VerifyMessage {
  readonly delivery: Delivery;
  readonly root: string;
  /** The idempotency key of its event. */
  readonly key: string;
  readonly value: string;
  /** The value that the event really has. */
  readonly truth: string;
  readonly isValid: boolean;
  readonly isRecovered: boolean;
}

/** A record at some time: its value and when it was last changed, in minutes after noon. `none`: there is no record. */
export type RecordVersion = { readonly value: string; readonly changedAt: number } | 'none';

/** The health of the system of record. */
export type Health = 'up' | 'down' | 'forbidden';

/** A few messages of one event, its record that changes, and what may go wrong. */
export interface VerifyScenario {
  readonly title: string;
  readonly messages: readonly VerifyMessage[];
  /** The record, as it changes in the course of time. */
  readonly versions: readonly RecordVersion[];
  readonly health: readonly Health[];
  /** Whether a read may show the record as it was before its last change. */
  readonly hasStaleReads: boolean;
  readonly catalog: CatalogDefinition;
  /** Whether the catalog maps what identifies an event, which `makeCatalog` refuses. */
  readonly mapsTimestamp: boolean;
  readonly crashes: number;
  readonly redeliveries: number;
  readonly replays: number;
  /** How many published events may be checked again. */
  readonly rechecks: number;
}

/** The root of every event that is checked again. */
export const recheckRoot = 'mended-events/recheck';

/** The time at which an event is looked up before its patience is over, and after it, in minutes after noon. */
export const lookedUpAt = { early: 20, late: 90 } as const;
/** When a message reaches verify, in minutes after noon. */
export const suspectedAt = 15;

/** The event's right time, in minutes after noon. A message may have another. */
export const eventAt = 5;

interface MessageSketch {
  readonly value?: string;
  readonly truth?: string;
  readonly uuid?: string | undefined;
  readonly at?: number;
  readonly isValid?: boolean;
}

/** A message of the default format. A large number in it must keep its digits. */
export function aProduced(n: number, { value = 'a', truth = value, isValid = true, ...more }: MessageSketch = {}) {
  const { uuid, at = eventAt } = { uuid: 'k1', ...more };
  return {
    delivery: aDelivery({
      content: textOfEvent({ value, isValid, uuid, at }),
      messageId: `${n}`,
      attributes: { stream: 'orders' },
    }),
    root: `events/${n}`,
    key: `orders/${uuid ?? `7/${noon + at * minuteMs}`}`,
    value,
    truth,
    isValid,
    isRecovered: false,
  } satisfies VerifyMessage;
}

function textOfEvent({ value, isValid, uuid, at }: Omit<Required<MessageSketch>, 'truth'>): string {
  const timestamp = new Date(noon + at * minuteMs).toISOString();
  const name = uuid === undefined ? '' : `"uuid":"${uuid}",`;
  const data = `{"contact":17,"sum":12345678901234567890.0,"v":"${value}"}`;
  return `{"event_id":7,${name}"type":"Paid", "timestamp":"${timestamp}","valid":${isValid},"data":${data}}`;
}

/** The same event as a system of record lists it. */
export function aRecovered(value: string, truth: string): VerifyMessage {
  const produced = aProduced(0, { value, truth });
  const root = 'recovered/hubspot/k1';
  const attributes = {
    stream: 'orders',
    origin: 'recovered',
    method: 'recovered',
    'possible-duplicate': 'true',
    'eventmend-root': root,
  };
  const delivery = { ...produced.delivery, topic: 'mended-events', messageId: 'recovered', attributes };
  return { ...produced, delivery, root, isRecovered: true };
}

/** A callback of Twilio: a form, which is never edited. */
export function aCallback(to: string, truth: string): VerifyMessage {
  const sid = `SM${'1'.repeat(32)}`;
  const content = `MessageSid=${sid}&MessageStatus=sent&To=${to}`;
  return {
    delivery: aDelivery({ topic: 'sources/texts', content, messageId: '1' }),
    root: 'sources/texts/1',
    key: `texts/${sid}:sent`,
    value: to,
    truth,
    isValid: true,
    isRecovered: false,
  };
}
