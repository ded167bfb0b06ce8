import { z } from 'zod';
import type { CatalogDefinition } from '../../shared/catalog-definition.ts';
import { RetryableError } from '../../shared/errors.ts';
import type { EventList } from '../../shared/ports.ts';
import { stripe, twilio } from '../../shared/sources/presets.ts';
import { minuteMs } from '../support/builders.ts';
import { ListInMemory, stripeText, type StripeItem } from '../support/event-list.ts';
import { Pipeline, startMs } from '../support/pipeline.ts';

const hourMs = 60 * minuteMs;

/* Streams without numbers that are compared with the list of a system of record, through the whole pipeline. */

const catalog: CatalogDefinition = {
  sources: { 'pay-hooks': { stream: 'pay', fields: stripe() } },
  streams: { pay: { list: { system: 'stripe', types: ['charge.succeeded'] } } },
};

/** An event that happened some minutes after the start. */
function anItem(id: string, minutes: number, over: Partial<StripeItem> = {}): StripeItem {
  return { id: `evt_${id}`, createdMs: startMs + minutes * minuteMs, ...over };
}

/** A pipeline whose stream is compared from the first tick on. */
async function opened(items: readonly StripeItem[], definition = catalog) {
  const list: ListInMemory = new ListInMemory(items, () => pipeline.runtime.clock.now());
  const pipeline: Pipeline = new Pipeline({ catalog: definition, lists: new Map([['stripe', list]]) });
  await pipeline.runtime.sweep();
  const sweeps = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await pipeline.runtime.sweep();
  };
  const hook = async (item: StripeItem): Promise<void> => {
    await pipeline.runtime.publish({ data: Buffer.from(stripeText(item)), attributes: {} }, undefined, 'pay-hooks');
    await pipeline.runtime.drain();
  };
  const state = async (name = 'stripe') => (await pipeline.runtime.reconciliations.find('pay', name))?.value;
  return { list, pipeline, sweeps, hook, state };
}

describe('an event that the list has', () => {
  it('and that no message brought is published as recovered, though nothing else ever came', async () => {
    const { pipeline, sweeps, state } = await opened([anItem('1', 3)]);
    await sweeps(15);
    expect(pipeline.cleanKeys).toEqual(['pay/evt_1']);
    expect(pipeline.clean[0]?.attributes).toMatchObject({
      stream: 'pay',
      type: 'charge.succeeded',
      origin: 'recovered',
      method: 'recovered',
      'possible-duplicate': 'true',
    });
    expect(pipeline.cleanTexts).toEqual([stripeText(anItem('1', 3))]);
    expect([pipeline.codes, await state()]).toMatchObject([[], { missing: 1, unreadable: 0 }]);
  });

  it('and that a message brought is left alone', async () => {
    const { pipeline, sweeps, hook, list } = await opened([anItem('1', 3)]);
    await hook(anItem('1', 3));
    await sweeps(15);
    expect(list.asked.length).toBeGreaterThan(1);
    expect([pipeline.cleanKeys, pipeline.codes]).toEqual([['pay/evt_1'], []]);
    expect(pipeline.clean[0]?.attributes.origin).toBe('producer');
  });

  it('and that comes later after all is a copy, whatever its content', async () => {
    const { pipeline, sweeps, hook } = await opened([anItem('1', 3)]);
    await sweeps(15);
    await hook(anItem('1', 3, { rest: { api_version: '2020-01-01', data: { object: { other: true } } } }));
    expect([pipeline.cleanKeys, pipeline.codes]).toEqual([['pay/evt_1'], []]);
  });

  it('and that was refused before is not recovered: its letter waits', async () => {
    const { pipeline, sweeps, hook } = await opened([anItem('1', 3)], {
      ...catalog,
      types: { 'charge.succeeded': { payload: refusing } },
    });
    await hook(anItem('1', 3));
    await sweeps(15);
    expect([pipeline.cleanKeys, pipeline.codes]).toEqual([[], ['ERR_INVALID_PAYLOAD']]);
  });

  it('late is found by the overlap, and very late by the daily comparison', async () => {
    const late = anItem('late', 10, { shownFromMs: startMs + 22 * minuteMs });
    const veryLate = anItem('very', 10, { shownFromMs: startMs + 3 * hourMs });
    const { pipeline, sweeps } = await opened([late, veryLate]);
    await sweeps(40);
    expect(pipeline.cleanKeys).toEqual(['pay/evt_late']);
    pipeline.runtime.clock.advance(20 * hourMs);
    await sweeps(5);
    expect(pipeline.cleanKeys).toEqual(['pay/evt_late']);
    pipeline.runtime.clock.advance(4 * hourMs);
    await sweeps(10);
    expect(pipeline.cleanKeys).toEqual(['pay/evt_late', 'pay/evt_very']);
  });

  it('and that is older than what can be compared is told in one letter', async () => {
    const { pipeline, sweeps, state } = await opened([anItem('old', 60 * 24)]);
    pipeline.runtime.clock.advance(20 * 24 * hourMs);
    await sweeps(20);
    expect([pipeline.cleanKeys, pipeline.codes]).toEqual([[], ['ERR_GAP_UNRECOVERABLE']]);
    expect(pipeline.letters[0]?.attributes['eventmend-detail']).toBe(
      'stripe: 2026-01-01T00:01:00.000Z to 2026-01-08T00:02:00.000Z was not compared with the list in time: events of it that no message brought are lost, and so may be events of the 26 hours before that the list showed late',
    );
    expect((await state())?.lost).toEqual({
      fromMs: startMs + minuteMs,
      toMs: startMs + 7 * 24 * hourMs + 2 * minuteMs,
    });
  });
});

const refusing = z.object({ never: z.string() });

it('a list that cannot be read holds nothing up, and what it has is found when it can be read again', async () => {
  let isDown = true;
  const list: ListInMemory = new ListInMemory([anItem('1', 3)], () => pipeline.runtime.clock.now());
  const failing: EventList = {
    page: (query, after) =>
      isDown ? Promise.reject(new RetryableError('stripe: answered 500')) : list.page(query, after),
  };
  const pipeline: Pipeline = new Pipeline({ catalog, lists: new Map([['stripe', failing]]) });
  for (let i = 0; i < 30; i++) await pipeline.runtime.sweep();
  const find = async () => (await pipeline.runtime.reconciliations.find('pay', 'stripe'))?.value;
  expect([pipeline.cleanKeys, (await find())?.trouble?.what]).toEqual([[], 'stripe: answered 500']);
  const lateSeconds = () => pipeline.runtime.log.comparisons.get('pay/stripe')?.lateSeconds;
  expect(lateSeconds()).toBeGreaterThan(20 * 60);
  isDown = false;
  for (let i = 0; i < 10; i++) await pipeline.runtime.sweep();
  expect([pipeline.cleanKeys, (await find())?.trouble]).toEqual([['pay/evt_1'], undefined]);
  // It is told at the beginning of a run.
  for (let i = 0; i < 10; i++) await pipeline.runtime.sweep();
  expect(lateSeconds()).toBeLessThan(10 * 60);
});

describe('a status of Twilio, whose callbacks have no time', () => {
  const sid = `SM${'a'.repeat(32)}`;
  const statuses: CatalogDefinition = {
    sources: { 'sms-hooks': { stream: 'sms', fields: twilio() } },
    streams: { sms: { duplicates: 'letter', list: { system: 'twilio', types: ['delivered'], lagMs: 0 } } },
  };
  const at = new Date(startMs + 3 * minuteMs).toUTCString().replace('GMT', '+0000');
  const message = JSON.stringify({ sid, status: 'delivered', to: '+15005550001', date_sent: at, date_updated: at });
  const callback = { data: Buffer.from(`MessageSid=${sid}&MessageStatus=delivered`), attributes: {} };

  function smsPipeline(): Pipeline {
    const list: EventList = {
      page: ({ fromMs, toMs }) => {
        const isIn = Date.parse(at) >= fromMs && Date.parse(at) <= toMs;
        return Promise.resolve({ items: isIn ? [message] : [], next: undefined });
      },
    };
    return new Pipeline({ catalog: statuses, lists: new Map([['twilio', list]]) });
  }

  it('is recovered with the time at which it changed, as a callback', async () => {
    const pipeline = smsPipeline();
    for (let i = 0; i < 20; i++) await pipeline.runtime.sweep();
    expect(pipeline.cleanKeys).toHaveLength(1);
    expect(pipeline.cleanTexts[0]).toContain(`MessageStatus=delivered&To=%2B15005550001&MessageSid=${sid}`);
    await pipeline.runtime.publish(callback, undefined, 'sms-hooks');
    await pipeline.runtime.drain();
    expect([pipeline.cleanKeys.length, pipeline.codes]).toEqual([1, []]);
  });

  it('is found by its uuid if its callback came, whenever that was', async () => {
    const pipeline = smsPipeline();
    for (let i = 0; i < 4; i++) await pipeline.runtime.sweep();
    await pipeline.runtime.publish(callback, undefined, 'sms-hooks');
    for (let i = 0; i < 20; i++) await pipeline.runtime.sweep();
    expect([pipeline.cleanKeys.length, pipeline.codes]).toEqual([1, []]);
    expect(pipeline.clean[0]?.attributes.origin).toBe('producer');
  });
});
