import type { Attributes } from '../../shared/messages/message.ts';
import { cloudEventMembers, isBinaryCloudEvent } from '../../shared/sources/contents.ts';
import { joinNames } from '../../shared/sources/escaped-name.ts';
import type { PresetName } from '../../shared/sources/presets.ts';
import { isFormText } from '../input/text-form.ts';

/** A sample of an event, as a message holds it. */
export interface EventSample {
  readonly data: Uint8Array;
  /** Undefined for an event that came without a message. */
  readonly attributes?: Attributes | undefined;
}

/** The members of a sample event. */
export type SampleMembers = Readonly<Record<string, unknown>>;

/** A format of other products that a preset of the catalog reads. */
export interface RecognisedFormat {
  readonly preset: PresetName;
  /** The name of the format, for people. */
  readonly title: string;
  /** Whether its events are numbered. */
  readonly isNumbered: boolean;
  readonly typeOf: (event: SampleMembers) => unknown;
  readonly dataOf: (event: SampleMembers) => unknown;
}

interface FormatSigns extends Omit<RecognisedFormat, 'isNumbered'> {
  readonly matches: (event: SampleMembers) => boolean;
  readonly numbers?: (event: SampleMembers) => boolean;
}

const segmentCalls = ['track', 'identify', 'page', 'screen', 'group', 'alias'];
const debeziumOperations = ['c', 'u', 'd', 'r', 't', 'm'];

/** The signs of each format: names that its events always have, and values that only they have. */
const formats: readonly FormatSigns[] = [
  {
    preset: 'cloudEvents',
    title: 'CloudEvents',
    matches: (event) => has(event, 'specversion', 'id', 'source', 'type'),
    numbers: (event) => /^\d+$/.test(textOf(event.sequence)),
    typeOf: (event) => event.type,
    dataOf: (event) => event.data,
  },
  {
    preset: 'stripe',
    title: 'Stripe events',
    matches: (event) =>
      ['event', 'v2.core.event'].includes(textOf(event.object)) && has(event, 'id', 'type', 'created'),
    typeOf: (event) => event.type,
    dataOf: (event) => membersOf(event.data).object,
  },
  {
    preset: 'hubspot',
    title: 'HubSpot events',
    matches: (event) => has(event, 'subscriptionType', 'occurredAt') && ('eventId' in event || 'portalId' in event),
    typeOf: (event) => event.subscriptionType,
    dataOf: (event) => event,
  },
  {
    preset: 'segment',
    title: 'Segment calls',
    matches: (event) =>
      (has(event, 'messageId') && segmentCalls.includes(textOf(event.type))) ||
      (Array.isArray(event.batch) && event.batch.some((call) => has(membersOf(call), 'messageId', 'type'))),
    typeOf: (event) => event.type,
    dataOf: (event) => event.properties ?? event.traits,
  },
  {
    preset: 'debezium',
    title: 'Debezium change events',
    matches: (event) => {
      const change = membersOf(event.payload ?? event);
      return debeziumOperations.includes(textOf(change.op)) && has(membersOf(change.source), 'ts_ms');
    },
    typeOf: (event) => {
      const change = membersOf(event.payload ?? event);
      const { table, collection } = membersOf(change.source);
      return joinNames([textOf(table ?? collection), textOf(change.op)]);
    },
    dataOf: (event) => membersOf(event.payload ?? event).after,
  },
  {
    preset: 'twilio',
    title: 'Twilio callbacks',
    matches: (event) =>
      has(event, 'MessageSid', 'MessageStatus') ||
      has(event, 'CallSid', 'CallStatus') ||
      has(event, 'MessageSid', 'SmsStatus') ||
      has(event, 'RecordingSid', 'RecordingStatus') ||
      has(event, 'ConferenceSid', 'StatusCallbackEvent'),
    typeOf: (event) =>
      event.MessageStatus ?? event.CallStatus ?? event.SmsStatus ?? event.RecordingStatus ?? event.StatusCallbackEvent,
    dataOf: (event) => event,
  },
];

/** The share of the samples that must have the signs of a format. */
const sureShare = 0.8;

/** Recognises the format of events from some of them. Undefined if it is none that a preset reads. */
export function recogniseFormat(samples: readonly EventSample[]): RecognisedFormat | undefined {
  const events = samples.map(readSample).filter((event) => event !== undefined);
  const found = formats.find(({ matches }) => events.filter(matches).length >= Math.max(1, sureShare * samples.length));
  return found && { ...found, isNumbered: found.numbers !== undefined && events.every(found.numbers) };
}

/**
 * Reads the members of an event: of a JSON object, of a form, or of a CloudEvent in the binary mode. Undefined for
 * another text.
 */
export function readSample({ data, attributes = {} }: EventSample): SampleMembers | undefined {
  const text = Buffer.from(data).toString();
  if (isBinaryCloudEvent(attributes)) return cloudEventMembers(attributes, parse(text));
  if (isFormText(text)) return Object.fromEntries(new URLSearchParams(text));
  const value = parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SampleMembers) : undefined;
}

/** Parses JSON. Undefined for another text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function membersOf(value: unknown): SampleMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SampleMembers) : {};
}

function has(event: SampleMembers, ...names: readonly string[]): boolean {
  return names.every((name) => event[name] !== undefined && event[name] !== null);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
