import { makeVerify } from '../../functions/verify/handler.ts';
import { PushEndpoint } from '../../functions/push-endpoint.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { systemClock } from '../../shared/gcp/clock.ts';
import { CloudLog } from '../../shared/gcp/log.ts';
import { encodeRouting } from '../../shared/messages/routing.ts';
import type { Attributes } from '../../shared/messages/message.ts';
import { OpenSystems } from '../../shared/systems/adapters.ts';
import { letterFor } from '../../shared/tracking/tracked-letter.ts';
import { decodeRouting } from '../../shared/messages/routing.ts';
import { aDelivery, aRouting, minuteMs, noon, RecordingPublisher, textOf } from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';
import { openStandIn, settingsOfStandIn, type OpenStandIn } from '../support/stand-in.ts';

/* verify as it is deployed, with the vendors' clients over HTTP against the stand-in. */

const sid = `SM${'1'.repeat(32)}`;
const catalog = makeCatalog({
  types: {
    DealWon: {
      system: 'hubspot',
      record: {
        kind: 'deal',
        id: '/data/deal',
        fields: { '/data/amount': { at: '/properties/amount', as: 'number' } },
      },
    },
    Paid: { system: 'stripe', record: { kind: 'charge', id: '/data/charge', fields: { '/data/amount': '/amount' } } },
    TextSent: { system: 'twilio', record: { kind: 'message', id: '/data/sid', fields: { '/data/to': '/to' } } },
  },
});

const startMs = noon + 10 * minuteMs;

/** How long before the deadline of a delivery the calls of a system end, in milliseconds. */
const marginMs = 15_000;

let standIn: OpenStandIn;
let lines: string[];
let publisher: RecordingPublisher;
let endpoint: PushEndpoint;
let nowMs: number;
/** For how long verify may wait for a system, in milliseconds. */
let maxWaitMs: number;

beforeEach(async () => {
  standIn = await openStandIn();
  lines = [];
  nowMs = startMs;
  maxWaitMs = Infinity;
  publisher = new RecordingPublisher();
  // The time stands still unless a test moves it, and timers take their time.
  const clock = { ...systemClock, now: () => nowMs };
  const systems = new OpenSystems({
    settings: settingsOfStandIn(standIn.url, { SYSTEM_USE_SHARE: '1' }),
    named: catalog.systems,
    use: 'verify',
    clock,
    random: () => 0,
  });
  const ports = portsInMemory({ publisher, catalog, clock });
  const portsUntil = (deadlineMs: number) => ({
    publisher,
    systems: systems.until(Math.min(deadlineMs, nowMs + marginMs + maxWaitMs)),
  });
  const { handler } = makeVerify({ ...ports, portsUntil });
  const write = (line: string): void => void lines.push(line);
  const log = new CloudLog({ projectId: 'p', functionName: 'verify', clock, countsIntervalMs: 1, write });
  endpoint = new PushEndpoint({ target: 'verify', handler, log, clock });
});
afterEach(() => standIn.close());

/** Pushes a suspect event to verify. @returns The status of the answer. */
async function push(
  type: string,
  data: object,
  { valid = false, publishTime = noon + 9 * minuteMs, instantMs = noon } = {},
): Promise<number> {
  const event = { event_id: 1, type, timestamp: '2025-02-09T12:00:00Z', valid, data };
  const attributes = encodeRouting(aRouting({ type, toBeChecked: true, instantMs }));
  const message = {
    data: Buffer.from(JSON.stringify(event)).toString('base64'),
    attributes,
    messageId: '1',
    publishTime: new Date(publishTime).toISOString(),
  };
  const body = { message, subscription: 'projects/p/subscriptions/verify-suspect-events' };
  const { status } = await endpoint.serve({ path: '/suspect-events', body, arrivedAtMs: nowMs });
  return status;
}

function answered(): Attributes {
  return publisher.published.at(-1)?.attributes ?? {};
}

describe.each([
  ['hubspot', 'DealWon', { deal: 201, amount: 1_500 }, { deal: 201, amount: 7 }, { deal: 999, amount: 7 }],
  ['stripe', 'Paid', { charge: 'ch_1', amount: 4_200 }, { charge: 'ch_1', amount: 7 }, { charge: 'ch_9', amount: 7 }],
  ['twilio', 'TextSent', { sid, to: '+15005550001' }, { sid, to: '+1' }, { sid: `SM${'9'.repeat(32)}`, to: '+1' }],
] as const)('an event that %s knows', (system, type, right, wrong, unknown) => {
  it('is verified if it agrees with its record', async () => {
    expect(await push(type, right)).toBe(204);
    expect(answered()).toMatchObject({ origin: 'verified', verification: 'verified' });
  });

  it('is corrected if it differs from it', async () => {
    expect(await push(type, wrong)).toBe(204);
    expect(answered()).toMatchObject({ origin: 'corrected' });
    expect(JSON.parse(textOf(publisher.published[0]!))).toMatchObject({ valid: true, data: right });
  });

  it('is refused if it says that it is invalid and has no record, and passes if it does not', async () => {
    expect(await push(type, unknown)).toBe(204);
    expect(answered()['eventmend-code']).toBe('ERR_INCORRECT');
    expect(await push(type, unknown, { valid: true })).toBe(204);
    expect(answered().origin).toBe('unverified');
  });

  it('is delivered again while the key is refused, which has an alert of its own', async () => {
    await standIn.control({ do: 'fault', system, fault: '403' });
    expect(await push(type, right)).toBe(500);
    expect(lines.join('\n')).toContain('a system of record refused its key');
    expect(publisher.published).toEqual([]);
  });

  it.each(['429', '500', 'malformed'])('is delivered again while the system is in trouble: %s', async (fault) => {
    const retryAfterSeconds = fault === '429' ? 300 : undefined;
    await standIn.control({ do: 'fault', system, fault, times: 8, ...(retryAfterSeconds && { retryAfterSeconds }) });
    expect(await push(type, right)).toBe(500);
    expect(lines.join('\n')).toContain('a delivery failed');
    expect(publisher.published).toEqual([]);
  });
});

it('an event whose record is not there yet waits, and is verified once it is', async () => {
  const shown = {
    id: 'ch_2',
    object: 'charge',
    amount: 4_200,
    currency: 'eur',
    created: 1_739_102_400,
    livemode: false,
  };
  const event = { charge: 'ch_2', amount: 4_200 };
  const young = { instantMs: nowMs - minuteMs };
  expect(await push('Paid', event, young)).toBe(500);
  expect(publisher.published).toEqual([]);
  await standIn.control({ do: 'change', system: 'stripe', kind: 'charge', id: 'ch_2', to: shown });
  // Beyond the time for which an answer is kept.
  nowMs += minuteMs;
  expect(await push('Paid', event, young)).toBe(204);
  expect(answered()).toMatchObject({ origin: 'verified' });
});

it.each([
  ['hubspot', 'DealWon', { deal: 201, amount: 1_500 }],
  ['stripe', 'Paid', { charge: 'ch_1', amount: 4_200 }],
  ['twilio', 'TextSent', { sid, to: '+15005550001' }],
] as const)('an event is delivered again while %s hangs, and verified afterwards', async (system, type, right) => {
  maxWaitMs = 300;
  await standIn.control({ do: 'fault', system, fault: 'hang', times: 1 });
  expect(await push(type, right)).toBe(500);
  expect(publisher.published).toEqual([]);
  maxWaitMs = Infinity;
  expect(await push(type, right)).toBe(204);
  expect(answered()).toMatchObject({ origin: 'verified' });
});

it('an event whose record changes between two reads is judged by the record that each read shows', async () => {
  expect(await push('DealWon', { deal: 201, amount: 1_500 })).toBe(204);
  expect(answered().origin).toBe('verified');
  const updatedAt = '2025-02-09T13:00:00.000Z';
  const history = [
    { value: '9.00', timestamp: updatedAt },
    { value: '1500.00', timestamp: '2025-02-09T12:00:00.000Z' },
  ];
  const to = { updatedAt, properties: { amount: '9.00' }, propertiesWithHistory: { amount: history } };
  await standIn.control({ do: 'change', system: 'hubspot', kind: 'deal', id: '201', to });
  expect(await push('DealWon', { deal: 201, amount: 1_500 })).toBe(204);
  expect(answered().origin).toBe('verified');
});

it('no log line, and no attribute of a letter, has a key or a value of an event or a record', async () => {
  const planted = { deal: 201, amount: 7, secret: 'planted-in-the-event' };
  await standIn.control({
    do: 'change',
    system: 'hubspot',
    kind: 'deal',
    id: '201',
    to: { note: 'planted-in-the-record', updatedAt: '2025-02-09T13:00:00.000Z' },
  });
  for (const system of ['hubspot', 'stripe', 'twilio'])
    for (const fault of ['401', '403', '500', 'malformed', 'cut'])
      await standIn.control({ do: 'fault', system, fault });
  for (let i = 0; i < 6; i++) {
    await push('DealWon', planted);
    await push('Paid', { charge: 'ch_9', amount: 7, secret: 'planted-in-the-event' });
    await push('TextSent', { sid: `SM${'9'.repeat(32)}`, to: 'planted-in-the-event' });
  }
  const refusals = publisher.published.filter(({ attributes }) => attributes['eventmend-kind'] === 'refusal');
  expect(refusals.length).toBeGreaterThan(0);
  const letters = refusals.map(({ data, attributes }) => {
    const routing = decodeRouting({ ...encodeRouting(aRouting()), ...attributes });
    const delivery = aDelivery({ data, attributes });
    return letterFor({ delivery, routing }, routing.failure!, noon).attributes;
  });
  const shown = [...lines, JSON.stringify(letters)].join('\n');
  expect(lines.length).toBeGreaterThan(5);
  expect(shown).not.toMatch(/planted|1500|stand-in-token|rk_test_standin|stand-in-secret|said by the stand-in/);
});
