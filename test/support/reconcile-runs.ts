import { makeReconstruct } from '../../functions/reconstruct/handler.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { VirtualClock } from '../../shared/embedded/clock.ts';
import { interceptServices, type Interceptor } from '../../shared/embedded/intercept.ts';
import { makeEmbeddedStores, type EmbeddedStores } from '../../shared/embedded/ports.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { EventList } from '../../shared/ports.ts';
import { writeReconcileRequest } from '../../shared/reconciliation/reconcile-request.ts';
import { stripe } from '../../shared/sources/presets.ts';
import { Budget } from '../../shared/systems/budget.ts';
import { BudgetedList } from '../../shared/systems/budgeted-list.ts';
import type { ListReader } from '../../shared/systems/list-reader.ts';
import type { TopicName } from '../../shared/topology.ts';
import { aDelivery, atOnce, minuteMs, noon, RecordingPublisher } from './builders.ts';
import { ListInMemory, type StripeItem } from './event-list.ts';
import { portsInMemory } from './ports.ts';

/* Runs of a comparison of the stream `pay` with the list of Stripe, as requests come to reconstruct. */

export const comparedCatalog = makeCatalog({
  sources: { 'pay-hooks': { stream: 'pay', fields: stripe() } },
  streams: {
    pay: {
      list: { system: 'stripe', types: ['charge.succeeded'], since: new Date(noon - 60 * minuteMs).toISOString() },
    },
  },
});
/** The time that a delivery has. */
export const ackMs = 115_000;

/** The nth item, a second after the one before. */
function itemAt(n: number): StripeItem {
  return { id: `evt_${n}`, createdMs: noon - 60 * minuteMs + n * 1_000 };
}

/** The stores and the list that the runs of a test share. */
export interface RunSetting {
  readonly stores: EmbeddedStores;
  readonly clock: VirtualClock;
  readonly publisher: RecordingPublisher;
  readonly list: ListInMemory;
}

export function aRunSetting(items: number, pageSize?: number): RunSetting {
  const clock = new VirtualClock(noon);
  const all = Array.from({ length: items }, (_, i) => itemAt(i + 1));
  return {
    clock,
    stores: makeEmbeddedStores(atOnce),
    publisher: new RecordingPublisher(),
    list: new ListInMemory(all, () => clock.now(), pageSize),
  };
}

/** Delivers a request to a new instance. */
export function deliverRequest(
  { stores, clock, publisher, list }: RunSetting,
  { intercepted = (_, proceed) => proceed(), lists = list }: { intercepted?: Interceptor; lists?: EventList } = {},
): Promise<void> {
  const services = { ...stores, publisher, systems: new Map(), lists: new Map([['stripe', lists]] as const) };
  const ports = portsInMemory({ ...interceptServices(services, intercepted), catalog: comparedCatalog, clock });
  const request = writeReconcileRequest({ stream: 'pay', name: 'stripe' });
  const times = { publishedAtMs: clock.now(), deadlineMs: clock.now() + ackMs };
  return makeReconstruct(ports).handler(aDelivery({ ...request, topic: 'reprocess-requests', ...times }));
}

/** The roots of the events that were published to a topic. */
export function rootsOn(publisher: RecordingPublisher, topic: TopicName): readonly (string | undefined)[] {
  return publisher.on(topic).map(({ attributes }: Message) => attributes['eventmend-root']);
}

/** The state of the comparison. */
export async function stateOfRuns({ stores }: RunSetting) {
  return (await stores.reconciliations.find('pay', 'stripe'))?.value;
}

/** Reads a list of many events, a hundred a page, with the requests that the runs send on. */
export async function readLongList({ count, useShare }: { readonly count: number; readonly useShare: number }) {
  const setting = aRunSetting(0);
  const { clock, publisher } = setting;
  let pages = 0;
  const reader: ListReader = {
    page: (_, after = '0') => {
      pages++;
      const start = Number(after);
      const items = Array.from({ length: 100 }, (__, i) => shortItem(start + i));
      return Promise.resolve({ items, next: start + 100 < count ? String(start + 100) : undefined });
    },
  };
  const budget = new Budget('stripe', { useShare, use: 'reconcile', maxInstances: 1 }, clock);
  const list = new BudgetedList({ system: 'stripe', reader, budget, clock, random: () => 0.5 });
  let runs = 0;
  for (let requests = 1; runs < requests; runs++) {
    await settle(deliverRequest(setting, { lists: list.until(clock.now() + ackMs) }), clock);
    requests = 1 + publisher.on('reprocess-requests').length;
  }
  const pagesASecond = pages / ((clock.now() - noon) / 1_000);
  return {
    pages,
    runs,
    pagesASecond,
    published: rootsOn(publisher, 'mended-events'),
    state: await stateOfRuns(setting),
  };
}

/** The nth event from the newest on. Its text is short, so that the test is. */
function shortItem(n: number): string {
  return `{"id":"evt_${n}","type":"charge.succeeded","created":${noon / 1_000 - 600 - Math.floor(n / 60)}}`;
}

/** Lets promises settle, and moves the clock from timer to timer, until the work has ended. */
async function settle(work: Promise<void>, clock: VirtualClock): Promise<void> {
  const state = { isUnderway: true };
  const done = work.finally(() => {
    state.isUnderway = false;
  });
  while (state.isUnderway) {
    clock.runNext();
    await new Promise(setImmediate);
  }
  await done;
}
