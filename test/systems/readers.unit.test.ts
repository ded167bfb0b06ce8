import { inspect } from 'node:util';
import { AccessError } from '../../shared/errors.ts';
import type { SystemName } from '../../shared/record-kinds.ts';
import { HubSpotReader } from '../../shared/systems/hubspot-reader.ts';
import type { ReadRecord, RecordReader } from '../../shared/systems/record-reader.ts';
import { StripeReader } from '../../shared/systems/stripe-reader.ts';
import { SystemTrouble } from '../../shared/systems/trouble.ts';
import { TwilioReader } from '../../shared/systems/twilio-reader.ts';
import type { Ref } from '../../shared/verification/sighting.ts';
import { openStandIn, settingsOfStandIn, type OpenStandIn } from '../support/stand-in.ts';

/* The clients of the vendors, over HTTP, against the stand-in. */

const sid = `SM${'1'.repeat(32)}`;
const refs: Readonly<Record<SystemName, Ref>> = {
  hubspot: { kind: 'deal', id: '201', fields: ['/properties/amount'], eventMs: 0 },
  stripe: { kind: 'charge', id: 'ch_1', fields: ['/amount'], eventMs: 0 },
  twilio: { kind: 'message', id: sid, fields: ['/to'], eventMs: 0 },
};
const names = Object.keys(refs) as readonly SystemName[];

let standIn: OpenStandIn;
beforeEach(async () => {
  standIn = await openStandIn();
});
afterEach(() => standIn.close());

function readerOf(system: SystemName, changed: Readonly<Record<string, string>> = {}): RecordReader {
  const settings = settingsOfStandIn(standIn.url, changed);
  if (system === 'hubspot') return new HubSpotReader(settings.hubspot!);
  return system === 'stripe' ? new StripeReader(settings.stripe!) : new TwilioReader(settings.twilio!);
}

async function read(system: SystemName, ref: Partial<Ref> = {}, reader = readerOf(system)): Promise<ReadRecord> {
  const [record] = await reader.read([{ ...refs[system], ...ref }], AbortSignal.timeout(60_000));
  return record!;
}

/** The content of a record, parsed. */
function bodyOf(record: ReadRecord): Record<string, unknown> {
  return record.absent === true ? {} : (JSON.parse(record.text) as Record<string, unknown>);
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a record is read as it is', () => {
  it('of Stripe, without the time of its last change, which Stripe never tells', async () => {
    const record = await read('stripe');
    expect(bodyOf(record)).toMatchObject({ id: 'ch_1', amount: 4_200, currency: 'eur' });
    expect(record).not.toHaveProperty('changedAtMs');
  });

  it.each([
    ['event', 'evt_1'],
    ['charge', 'ch_1'],
  ])('of Stripe, of the kind %s', async (kind, id) => {
    expect(bodyOf(await read('stripe', { kind, id }))).toMatchObject({ id });
  });

  it('of Twilio, with the time of its last change', async () => {
    const record = await read('twilio');
    expect(bodyOf(record)).toMatchObject({ sid, to: '+15005550001' });
    expect(record).toMatchObject({ changedAtMs: Date.UTC(2025, 1, 9, 12) });
  });

  it('of HubSpot, with the history of the properties that are compared', async () => {
    const record = await read('hubspot');
    expect(bodyOf(record)).toMatchObject({ id: '201', properties: { amount: '1500.00' } });
    expect(record).toMatchObject({
      changedAtMs: Date.UTC(2025, 1, 9, 12),
      history: {
        '/properties/amount': [
          { text: '"1500.00"', sinceMs: Date.UTC(2025, 1, 9, 12) },
          { text: '"1000.00"', sinceMs: Date.UTC(2025, 1, 9, 11) },
        ],
      },
    });
  });

  it('and as it has changed meanwhile', async () => {
    await standIn.control({ do: 'change', system: 'stripe', kind: 'charge', id: 'ch_1', to: { amount: 5 } });
    expect(bodyOf(await read('stripe'))).toMatchObject({ amount: 5 });
    await standIn.control({ do: 'stale', system: 'stripe', kind: 'charge', id: 'ch_1' });
    expect(bodyOf(await read('stripe'))).toMatchObject({ amount: 4_200 });
  });
});

describe('a record is absent', () => {
  it.each([
    ['hubspot', '999'],
    ['stripe', 'ch_999'],
    ['twilio', `SM${'9'.repeat(32)}`],
  ] as const)('that %s has never had', async (system, id) => {
    expect(await read(system, { id })).toEqual({ absent: true });
  });

  it('that was deleted: a customer of Stripe answers 200 and says so', async () => {
    const kind = 'customer';
    await standIn.control({ do: 'change', system: 'stripe', kind, id: 'cus_1', to: { id: 'cus_1', livemode: false } });
    expect(bodyOf(await read('stripe', { kind, id: 'cus_1' }))).toMatchObject({ id: 'cus_1' });
    await standIn.control({ do: 'delete', system: 'stripe', kind, id: 'cus_1' });
    expect(await read('stripe', { kind, id: 'cus_1' })).toEqual({ absent: true });
  });

  it('that was merged into another: HubSpot shows the other', async () => {
    await standIn.control({ do: 'change', system: 'hubspot', kind: 'deal', id: '202', to: { id: '202' } });
    await standIn.control({ do: 'merge', system: 'hubspot', kind: 'deal', id: '202', into: '201' });
    expect(await read('hubspot', { id: '202' })).toEqual({ absent: true });
  });
});

it('a redacted message of Twilio keeps its text back', async () => {
  await standIn.control({ do: 'redact', system: 'twilio', kind: 'message', id: sid });
  expect(await read('twilio')).toMatchObject({ withheld: ['/body'] });
});

it('several records of HubSpot come with one request, in the order in which they were asked for', async () => {
  const batch = [{ ...refs.hubspot, id: '999' }, refs.hubspot];
  expect(await readerOf('hubspot').read(batch, AbortSignal.timeout(60_000))).toMatchObject([
    { absent: true },
    { changedAtMs: Date.UTC(2025, 1, 9, 12) },
  ]);
});

it('HubSpot reads 50 records with one request, and 100 whose former values are not needed', async () => {
  const batchOf = (count: number, ref: Partial<Ref>) =>
    Array.from({ length: count }, (_, i) => ({ ...refs.hubspot, ...ref, id: String(1_000 + i) }));
  const reader = readerOf('hubspot');
  const readAll = (batch: readonly Ref[]) => reader.read(batch, AbortSignal.timeout(60_000));
  const fixed = { former: [] };
  expect([reader.maxBatch(refs.hubspot), reader.maxBatch({ ...refs.hubspot, ...fixed })]).toEqual([50, 100]);
  // The stand-in refuses larger batches, as HubSpot does.
  expect(await readAll(batchOf(50, {}))).toHaveLength(50);
  expect(await readAll(batchOf(100, fixed))).toHaveLength(100);
  expect(await errorOf(readAll(batchOf(51, {})))).toMatchObject({ kind: 'refusal' });
});

describe.each(names)('what %s cannot answer', (system) => {
  it.each([
    ['429', 'limit', 7_000],
    ['500', 'outage', undefined],
    ['malformed', 'outage', undefined],
    ['cut', 'outage', undefined],
  ] as const)('is a trouble: %s', async (fault, kind, retryAfterMs) => {
    // Stripe's client tries once more if the connection was closed.
    await standIn.control({ do: 'fault', system, fault, times: 5, ...(fault === '429' && { retryAfterSeconds: 7 }) });
    const error = await errorOf(read(system));
    expect(error).toBeInstanceOf(SystemTrouble);
    expect(error).toMatchObject({ kind, retryAfterMs });
  });

  it('is given up when the caller no longer waits', async () => {
    await standIn.control({ do: 'fault', system, fault: 'hang', times: 5 });
    const abort = new AbortController();
    const reading = errorOf(readerOf(system).read([refs[system]], abort.signal));
    setImmediate(() => {
      abort.abort();
    });
    expect(await reading).toMatchObject({ kind: 'outage' });
  });

  it.each(['401', '403'])('is a refused key: %s', async (fault) => {
    await standIn.control({ do: 'fault', system, fault });
    expect(await errorOf(read(system))).toBeInstanceOf(AccessError);
  });

  it('is a wrong key', async () => {
    const wrong = { HUBSPOT_ACCESS_TOKEN: 'wrong', STRIPE_API_KEY: 'rk_test_wrong', TWILIO_API_SECRET: 'wrong' };
    expect(await errorOf(read(system, {}, readerOf(system, wrong)))).toBeInstanceOf(AccessError);
  });

  it.each(['500', '403', '429', 'cut'])('never shows a key or data in its error: %s', async (fault) => {
    await standIn.control({ do: 'fault', system, fault, times: 5 });
    const error = await errorOf(read(system));
    const shown = inspect(error, { depth: 20, showHidden: true });
    expect(shown).not.toMatch(/stand-in-token|rk_test_standin|stand-in-secret|Basic |Bearer |said by the stand-in/);
    expect(error).not.toHaveProperty('cause');
  });
});

describe('a record of another account or mode than the key is refused', () => {
  it('of Stripe’s live mode', async () => {
    const to = { livemode: true };
    await standIn.control({ do: 'change', system: 'stripe', kind: 'charge', id: 'ch_1', to });
    expect(await errorOf(read('stripe'))).toBeInstanceOf(AccessError);
  });

  it('of another account of Twilio', async () => {
    const to = { account_sid: `AC${'9'.repeat(32)}` };
    await standIn.control({ do: 'change', system: 'twilio', kind: 'message', id: sid, to });
    expect(await errorOf(read('twilio'))).toBeInstanceOf(AccessError);
    expect(await errorOf(read('twilio', { account: `AC${'8'.repeat(32)}` }))).toBeInstanceOf(AccessError);
  });

  it('of another portal of HubSpot', async () => {
    const reader = readerOf('hubspot', { HUBSPOT_PORTAL_ID: '1' });
    expect(await errorOf(read('hubspot', { account: '2' }, reader))).toBeInstanceOf(AccessError);
    expect(await read('hubspot', { account: '1' }, reader)).toMatchObject({
      changedAtMs: expect.any(Number) as number,
    });
  });
});
