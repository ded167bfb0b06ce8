import { makeReconstruct } from '../../functions/reconstruct/handler.ts';
import { recordFileSchema } from '../../cli/systems/records.ts';
import { z } from 'zod';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { EmbeddedBlockStore } from '../../shared/embedded/block-store.ts';
import { EmbeddedGapLedger } from '../../shared/embedded/gap-ledger.ts';
import { EmbeddedLog } from '../../shared/embedded/log.ts';
import { systemClock } from '../../shared/gcp/clock.ts';
import { OpenLists } from '../../shared/systems/adapters.ts';
import {
  aDelivery,
  aGap,
  anEntry,
  atOnce,
  fileGaps,
  hold,
  minuteMs,
  noon,
  RecordingPublisher,
  textOf,
} from '../support/builders.ts';
import { portsInMemory } from '../support/ports.ts';
import { openStandIn, settingsOfStandIn, type OpenStandIn } from '../support/stand-in.ts';

/* reconstruct, with Stripe's own client over HTTP against the stand-in. */

const catalog = makeCatalog({
  types: { Paid: { payload: z.object({ amount: z.number() }), inferable: false } },
  streams: {
    orders: {
      minConfidence: 0,
      find: {
        system: 'stripe',
        types: ['charge.succeeded'],
        number: '/data/object/metadata/order',
        type: 'Paid',
        timestamp: '/created',
        in: 's',
        data: '/data/object',
      },
    },
  },
});

/** An event of Stripe that tells of an order, some minutes after noon. */
function aCharge(order: string, minutes: number, amount: unknown = 100) {
  const created = noon / 1_000 + minutes * 60;
  const object = { id: `ch_${order}`, object: 'charge', amount, metadata: { order } };
  return { object: 'event', type: 'charge.succeeded', created, livemode: false, data: { object } };
}

const records = recordFileSchema.parse({
  stripe: {
    event: {
      evt_2: { id: 'evt_2', ...aCharge('2', 2) },
      evt_2b: { id: 'evt_2b', ...aCharge('2', 9, 999) },
      evt_4: { id: 'evt_4', ...aCharge('4', 4, 'not a number') },
      evt_9: { id: 'evt_9', ...aCharge('9', 9) },
    },
  },
});

let standIn: OpenStandIn;
let publisher: RecordingPublisher;
let ledger: EmbeddedGapLedger;
let warnings: string[];
let nowMs: number;
let ask: (from: number, to: number) => Promise<void>;

beforeEach(async () => {
  standIn = await openStandIn(records);
  publisher = new RecordingPublisher();
  ledger = new EmbeddedGapLedger(atOnce);
  warnings = [];
  nowMs = noon + 30 * minuteMs;
  const blocks = new EmbeddedBlockStore(atOnce);
  const sent = (id: number) => anEntry({ type: 'Called', instantMs: noon + id * minuteMs });
  await hold(blocks, 'orders', { 1: sent(1), 5: sent(5) });
  const clock = { ...systemClock, now: () => nowMs };
  const settings = settingsOfStandIn(standIn.url, { SYSTEM_USE_SHARE: '1' });
  const lists = new OpenLists({ settings, named: catalog.listedSystems, use: 'reconcile', clock, random: () => 0 });
  const log = Object.assign(new EmbeddedLog(), { warn: (message: string) => void warnings.push(message) });
  const ports = portsInMemory({ publisher, ledger, blocks, catalog, clock, log });
  const portsUntil = (deadlineMs: number) => ({ ...ports, lists: lists.until(deadlineMs) });
  const { handler } = makeReconstruct({ ...ports, portsUntil });
  ask = async (from, to) => {
    if (!(await ledger.find('orders', from)))
      await fileGaps(ledger, [aGap({ from, to, state: 'requested', deadlineMs: noon })]);
    const content = JSON.stringify({ stream: 'orders', from, to, attempt: 1, deadline: '2025-02-09T12:00:00.000Z' });
    const attributes = { stream: 'orders', phase: 'infer' };
    await handler(aDelivery({ topic: 'reprocess-requests', content, attributes, deadlineMs: nowMs + 115_000 }));
  };
});
afterEach(() => standIn.close());

const sentRound = () => publisher.on('mended-events');

describe('a missing event that its system of record has', () => {
  it('is recovered with what the system says of it, as a reconstruction, and not inferred', async () => {
    await ask(2, 2);
    expect(sentRound()).toHaveLength(1);
    expect(JSON.parse(textOf(sentRound()[0]!))).toEqual({
      event_id: 2,
      type: 'Paid',
      timestamp: '2025-02-09T12:02:00',
      valid: true,
      data: { id: 'ch_2', object: 'charge', amount: 100, metadata: { order: '2' } },
      _eventmend: { recoveredFrom: 'stripe' },
    });
    expect(sentRound()[0]!.attributes).toEqual({
      stream: 'orders',
      origin: 'reconstructed',
      method: 'recovered',
      'eventmend-root': 'inferred/orders/2',
    });
    expect((await ledger.find('orders', 2))?.value).toMatchObject({ method: 'recovered' });
  });

  it('is inferred beside it if the system does not have it, or has it with data that do not fit its type', async () => {
    await ask(2, 4);
    const byMethod = sentRound().map(({ attributes }) => [attributes['eventmend-root'], attributes.method]);
    expect(byMethod).toEqual([
      ['inferred/orders/2', 'recovered'],
      ['inferred/orders/3', 'context'],
      ['inferred/orders/4', 'context'],
    ]);
    expect((await ledger.find('orders', 2))?.value).toMatchObject({ method: 'context' });
  });
});

describe('a system of record that does not answer', () => {
  it.each(['500', '403', '429', 'malformed'])('makes the gap wait, and nothing is inferred: %s', async (fault) => {
    const retry = fault === '429' && { retryAfterSeconds: 300 };
    await standIn.control({ do: 'fault', system: 'stripe', fault, times: 8, ...retry });
    await expect(ask(2, 2)).rejects.toThrow('stripe');
    expect(sentRound()).toEqual([]);
  });

  it('makes it wait for an hour at most: then the event is inferred', async () => {
    await standIn.control({ do: 'fault', system: 'stripe', fault: '403', times: 8 });
    nowMs = noon + 60 * minuteMs;
    await ask(2, 2);
    expect(sentRound().map(({ attributes }) => attributes.method)).toEqual(['context']);
    expect(warnings).toEqual(['stripe did not answer in time about missing events of orders; they are inferred']);
  });
});
