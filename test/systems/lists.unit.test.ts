import { inspect } from 'node:util';
import type { RecordFile } from '../../cli/systems/records.ts';
import { sampleRecords } from '../../cli/systems/sample.ts';
import { AccessError } from '../../shared/errors.ts';
import type { ListAnswer, ListPage, ListQuery } from '../../shared/reconciliation/list.ts';
import type { SystemName } from '../../shared/record-kinds.ts';
import { HubSpotList } from '../../shared/systems/hubspot-list.ts';
import type { ListReader } from '../../shared/systems/list-reader.ts';
import { StripeList } from '../../shared/systems/stripe-list.ts';
import { SystemTrouble } from '../../shared/systems/trouble.ts';
import { TwilioList } from '../../shared/systems/twilio-list.ts';
import { minuteMs, noon } from '../support/builders.ts';
import { openStandIn, settingsOfStandIn, type OpenStandIn } from '../support/stand-in.ts';

/* The lists of the vendors, by their own clients, over HTTP, against the stand-in. */

const dayMs = 24 * 60 * minuteMs;
/** Midnight before the events of the stand-in. */
const midnight = Date.UTC(2025, 1, 9);
const queries: Readonly<Record<SystemName, ListQuery>> = {
  hubspot: { fromMs: midnight, toMs: midnight + dayMs, types: ['deal'] },
  stripe: { fromMs: midnight, toMs: midnight + dayMs, types: ['charge.succeeded'] },
  twilio: { fromMs: midnight, toMs: midnight + dayMs, types: ['delivered'] },
};
const names = Object.keys(queries) as readonly SystemName[];

let standIn: OpenStandIn;
beforeEach(async () => {
  standIn = await openStandIn();
});
afterEach(() => standIn.close());

function listOf(system: SystemName, changed: Readonly<Record<string, string>> = {}): ListReader {
  const settings = settingsOfStandIn(standIn.url, changed);
  if (system === 'hubspot') return new HubSpotList(settings.hubspot!);
  return system === 'stripe' ? new StripeList(settings.stripe!) : new TwilioList(settings.twilio!);
}

async function page(system: SystemName, over: Partial<ListQuery> = {}, after?: string): Promise<ListAnswer> {
  return listOf(system).page({ ...queries[system], ...over }, after, AbortSignal.timeout(60_000));
}

/** Reads all pages. */
async function pages(system: SystemName, over: Partial<ListQuery> = {}): Promise<readonly ListPage[]> {
  const read: ListPage[] = [];
  for (let after: string | undefined; ;) {
    const next = await page(system, over, after);
    if (next === 'unknown cursor') throw new Error('the cursor is unknown');
    read.push(next);
    if (next.next === undefined) return read;
    after = next.next;
  }
}

/** The ids of the items of all pages. */
async function idsOf(system: SystemName, over: Partial<ListQuery> = {}): Promise<readonly string[]> {
  const items = (await pages(system, over)).flatMap((one) => one.items);
  return items.map((text) => {
    const { id, sid } = JSON.parse(text) as { id?: string; sid?: string };
    return id ?? sid ?? '';
  });
}

/** The name of the nth item of a system, and what the stand-in shows of it at a time. */
const idOf: Readonly<Record<SystemName, (n: number) => string>> = {
  hubspot: (n) => String(1_000 + n),
  stripe: (n) => `evt_new${n}`,
  twilio: (n) => `SM${String(n).padStart(32, 'a')}`,
};
const itemOf: Readonly<Record<SystemName, (id: string, atMs: number) => object>> = {
  hubspot: (id, atMs) => ({ id, updatedAt: new Date(atMs).toISOString(), properties: { hs_object_id: id } }),
  stripe: (id, atMs) => ({ id, type: 'charge.succeeded', created: atMs / 1_000, livemode: false }),
  twilio: (sid, atMs) => {
    const at = new Date(atMs).toUTCString().replace('GMT', '+0000');
    return { sid, status: 'delivered', date_sent: at, date_updated: at };
  },
};
const kindOf: Readonly<Record<SystemName, string>> = { hubspot: 'deal', stripe: 'event', twilio: 'message' };
/** The items of the stand-in's sample. */
const sample: Readonly<Record<SystemName, string>> = { hubspot: '201', stripe: 'evt_1', twilio: `SM${'1'.repeat(32)}` };

/** Starts the stand-in anew with the sample's items and `count` more, one a second. */
async function reopenWith(system: SystemName, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, i) => idOf[system](i + 1));
  const more = ids.map((id, i) => [id, itemOf[system](id, noon + (i + 1) * 1_000)]);
  const records = structuredClone(sampleRecords);
  Object.assign(kindsOf(records, system)[kindOf[system]]!, Object.fromEntries(more));
  await standIn.close();
  standIn = await openStandIn(records);
  return ids;
}

function kindsOf(records: RecordFile, system: SystemName): Record<string, object> {
  return records[system];
}

/** Adds the nth item. */
async function add(system: SystemName, n: number, atMs = noon, over: object = {}): Promise<string> {
  const id = idOf[system](n);
  const to = { ...itemOf[system](id, atMs), ...over };
  await standIn.control({ do: 'change', system, kind: kindOf[system], id, to });
  return id;
}

describe.each(names)('the list of %s', (system) => {
  it('has the items of the span, both ends included, and no others', async () => {
    const inside = [await add(system, 1, noon - minuteMs), await add(system, 2, noon + minuteMs)];
    await add(system, 3, noon - minuteMs - 1_000);
    await add(system, 4, noon + minuteMs + 1_000);
    const span = { fromMs: noon - minuteMs, toMs: noon + minuteMs };
    expect([...(await idsOf(system, span))].sort()).toEqual([...inside, sample[system]].sort());
  });

  it('shows an item late, and then in its span', async () => {
    const id = await add(system, 1);
    await standIn.control({ do: 'late', system, kind: kindOf[system], id, bySeconds: 60 });
    expect(await idsOf(system)).not.toContain(id);
    standIn.advance(minuteMs);
    expect(await idsOf(system)).toContain(id);
  });

  it('has only the types that are asked for', async () => {
    const others = { hubspot: ['company'], stripe: ['charge.failed'], twilio: ['failed'] };
    expect(await idsOf(system, { types: others[system] })).toEqual([]);
  });

  it.each([
    ['429', 'limit', 7_000],
    ['500', 'outage', undefined],
    ['malformed', 'outage', undefined],
    ['cut', 'outage', undefined],
  ] as const)('is a trouble: %s', async (fault, kind, retryAfterMs) => {
    await standIn.control({ do: 'fault', system, fault, times: 5, ...(fault === '429' && { retryAfterSeconds: 7 }) });
    const error = await errorOf(page(system));
    expect(error).toBeInstanceOf(SystemTrouble);
    expect(error).toMatchObject({ kind, retryAfterMs });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/stand-in-|rk_test|Basic |Bearer |said by/);
  });

  it('is given up when the caller no longer waits', async () => {
    await standIn.control({ do: 'fault', system, fault: 'hang', times: 5 });
    const abort = new AbortController();
    const reading = errorOf(listOf(system).page(queries[system], undefined, abort.signal));
    setImmediate(() => {
      abort.abort();
    });
    expect(await reading).toMatchObject({ kind: 'outage' });
  });

  it.each(['401', '403'])('is refused to a key: %s', async (fault) => {
    await standIn.control({ do: 'fault', system, fault });
    expect(await errorOf(page(system))).toBeInstanceOf(AccessError);
  });
});

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('a list of several pages', () => {
  it('of Stripe goes from the newest event to the oldest, by the id of the last one', async () => {
    const added = await reopenWith('stripe', 101);
    const read = await pages('stripe');
    expect(read.map(({ items }) => items.length)).toEqual([100, 2]);
    expect(await idsOf('stripe')).toEqual([...added.toReversed(), 'evt_1']);
  });

  it('of Stripe has a cursor that is unknown once its event is gone', async () => {
    await reopenWith('stripe', 101);
    const { next } = (await page('stripe')) as ListPage;
    await standIn.control({ do: 'delete', system: 'stripe', kind: 'event', id: next });
    expect(await page('stripe', {}, next)).toBe('unknown cursor');
  });

  it('of HubSpot goes on above the last id, whatever has changed meanwhile, and to the next kind', async () => {
    await reopenWith('hubspot', 200);
    const types = ['deal', 'contact'];
    const first = (await page('hubspot', { types })) as ListPage;
    expect([first.items.length, first.next]).toEqual([200, 'deal>1199']);
    // A record that leaves the span would make another one be skipped by an offset.
    await standIn.control({
      do: 'change',
      system: 'hubspot',
      kind: 'deal',
      id: '201',
      to: { updatedAt: '2026-01-01' },
    });
    const second = (await page('hubspot', { types }, first.next)) as ListPage;
    expect(second.items.map((item) => JSON.parse(item) as object)).toMatchObject([{ id: '1200' }]);
    const third = (await page('hubspot', { types }, second.next)) as ListPage;
    expect(third.items.map((item) => JSON.parse(item) as object)).toMatchObject([{ id: '101' }]);
    expect(third.next).toBeUndefined();
  });

  it('of Twilio goes on at the address that Twilio names, and only at one of the account’s messages', async () => {
    await reopenWith('twilio', 1_000);
    const first = (await page('twilio')) as ListPage;
    const second = (await page('twilio', {}, first.next)) as ListPage;
    expect([first.items.length, second.items.length, second.next]).toEqual([1_000, 1, undefined]);
    for (const elsewhere of ['https://example.com/', '/2010-04-01/Accounts.json?', '@example.com/Messages.json?'])
      expect(await page('twilio', {}, elsewhere)).toBe('unknown cursor');
    const { sid } = JSON.parse(second.items[0] ?? '') as { readonly sid: string };
    await standIn.control({ do: 'delete', system: 'twilio', kind: 'message', id: sid });
    expect(await page('twilio', {}, first.next)).toBe('unknown cursor');
  });
});

describe('a list', () => {
  it('of Stripe keeps numbers that a client rounds', async () => {
    await standIn.controlText(
      '{"do":"change","system":"stripe","kind":"event","id":"evt_1","to":{"data":{"object":{"n":9007199254740992}}}}',
    );
    const { items } = (await page('stripe')) as ListPage;
    expect(items[0]).toContain('9007199254740992');
  });

  it('of Stripe is refused if an event is of the other mode than the key', async () => {
    await standIn.control({ do: 'change', system: 'stripe', kind: 'event', id: 'evt_1', to: { livemode: true } });
    expect(await errorOf(page('stripe'))).toBeInstanceOf(AccessError);
  });

  it('of Twilio is refused if a message is of another account than the key', async () => {
    const to = { account_sid: `AC${'9'.repeat(32)}` };
    await standIn.control({ do: 'change', system: 'twilio', kind: 'message', id: sample.twilio, to });
    expect(await errorOf(page('twilio'))).toBeInstanceOf(AccessError);
  });

  it('of Twilio has a message that was sent the day before and got its status in the span', async () => {
    const sent = new Date(midnight - 1_000).toUTCString().replace('GMT', '+0000');
    const id = await add('twilio', 1, midnight + 1_000, { date_sent: sent });
    expect(await idsOf('twilio', { toMs: midnight + minuteMs })).toEqual([id]);
  });

  it('of HubSpot shows the properties that are asked for, and no archived record', async () => {
    await add('hubspot', 1, noon, { archived: true });
    const { items } = (await page('hubspot', { properties: ['amount'] })) as ListPage;
    expect(items.map((item) => JSON.parse(item) as object)).toEqual([
      expect.objectContaining({ id: '201', properties: expect.objectContaining({ amount: '1500.00' }) as object }),
    ]);
  });
});
