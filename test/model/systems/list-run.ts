import { reconcile, type ReconcilePorts } from '../../../functions/reconstruct/reconcile.ts';
import { makeCatalog, type Catalog } from '../../../shared/catalog-definition.ts';
import { VirtualClock } from '../../../shared/embedded/clock.ts';
import { interceptServices, type Interceptor } from '../../../shared/embedded/intercept.ts';
import { makeEmbeddedStores } from '../../../shared/embedded/ports.ts';
import type { Delivery, Message } from '../../../shared/messages/message.ts';
import { decodeRouting } from '../../../shared/messages/routing.ts';
import type { BlockStore, EventList, Publisher, ReconciliationStore } from '../../../shared/ports.ts';
import type { ListAnswer, ListQuery } from '../../../shared/reconciliation/list.ts';
import { writeReconcileRequest } from '../../../shared/reconciliation/reconcile-request.ts';
import { isRunDue } from '../../../shared/reconciliation/reconciliation.ts';
import { stripe } from '../../../shared/sources/presets.ts';
import { claimsOf } from '../../../shared/tracking/claim.ts';
import { decide } from '../../../shared/tracking/rules.ts';
import type { TopicName } from '../../../shared/topology.ts';
import { assess } from '../../../shared/validation/assess.ts';
import { z } from 'zod';
import { aDelivery, atOnce, textOf } from '../../support/builders.ts';
import { ListInMemory, stripeText } from '../../support/event-list.ts';
import { portsInMemory } from '../../support/ports.ts';
import { ListLaws } from './list-laws.ts';
import { lagMs, overlapMs, rememberedMs, type ListPlan, type PlannedEvent, type PlannedRun } from './list-plan.ts';
import { RememberedBlocks } from './remembered-blocks.ts';

/** The surroundings of a run of the search. A test replaces a part by a faulty variant. */
export interface ListSeams {
  readonly decide: typeof decide;
  readonly catalog: (catalog: Catalog) => Catalog;
  readonly list: (list: EventList) => EventList;
  readonly blocks: (blocks: BlockStore) => BlockStore;
  readonly states: (states: ReconciliationStore, clock: VirtualClock) => ReconciliationStore;
}

/** The functions and ports of the product, without a fault. */
export const realSeams: ListSeams = {
  decide,
  catalog: (catalog) => catalog,
  list: (list) => list,
  blocks: (blocks) => blocks,
  states: (states) => states,
};

const payload = z.object({ sound: z.literal(true) });
const catalog = makeCatalog({
  types: { 'charge.succeeded': { payload } },
  sources: { 'pay-hooks': { stream: 'pay', fields: stripe() } },
  streams: {
    pay: { windowMs: rememberedMs, list: { system: 'stripe', types: ['charge.succeeded'], lagMs, overlapMs } },
  },
});
/** The time that a delivery has. */
const ackMs = 115_000;
const itemsAPage = 2;

/** Runs a plan on the functions of the product. @returns The laws that it breaks. */
export async function runPlan(plan: ListPlan, seams: ListSeams = realSeams): Promise<ReadonlySet<string>> {
  const search = new ListSearch(plan, seams);
  return search.run();
}

class ListSearch {
  private readonly plan: ListPlan;
  private readonly seams: ListSeams;
  private readonly laws: ListLaws;
  private readonly clock: VirtualClock;
  private readonly stores = makeEmbeddedStores(atOnce);
  private readonly blocks: RememberedBlocks;
  private readonly list: EventList;

  constructor(plan: ListPlan, seams: ListSeams) {
    this.plan = plan;
    this.seams = seams;
    this.laws = new ListLaws(plan);
    this.clock = new VirtualClock(plan.runs[0]!.atMs - 1);
    this.blocks = new RememberedBlocks(() => this.clock.now());
    const items = plan.events.map((event) => ({
      ...event,
      rest: {
        ...restOf(event, event.isBrokenInList, plan.isRenderedAnew ? 'list' : 'message'),
        ...(plan.isWithoutIds && { id: undefined }),
      },
    }));
    this.list = seams.list(ofTypes(new ListInMemory(items, () => this.clock.now(), itemsAPage)));
  }

  async run(): Promise<ReadonlySet<string>> {
    const { clock, plan } = this;
    for (const event of plan.events)
      for (const [n, { atMs, isBroken }] of event.messages.entries()) {
        const content = stripeText({ ...event, rest: restOf(event, isBroken, 'message') });
        const delivery = aDelivery({ topic: 'sources/pay-hooks', messageId: `${event.id}-${n}`, content });
        this.at(atMs, () => {
          this.track({ ...delivery, publishedAtMs: atMs });
        });
      }
    for (const run of plan.runs) this.at(run.atMs, () => this.sweep(run));
    while (clock.runNext()) await new Promise(setImmediate);
    return this.laws.atTheEnd();
  }

  private at(ms: number, act: () => unknown): void {
    this.clock.schedule(ms - this.clock.now(), () => void act());
  }

  private async sweep(run: PlannedRun): Promise<void> {
    const stored = await this.stores.reconciliations.find('pay', 'stripe');
    if (isRunDue(stored?.value, this.clock.now())) await this.compare(run);
  }

  /** Runs a comparison on the seams. Its first page may take long, and it may crash. */
  private async compare(run: PlannedRun): Promise<void> {
    const { stores, seams, clock, laws } = this;
    const services = {
      ...stores,
      blocks: seams.blocks(this.blocks),
      publisher: this.publisherOf(run),
      reconciliations: seams.states(laws.watching(stores.reconciliations), clock),
      systems: new Map(),
      lists: new Map([['stripe', this.slowed(run.slowMs)]] as const),
    };
    const intercepted = interceptServices(services, crashing(run.crash));
    const ports: ReconcilePorts = portsInMemory({ ...intercepted, catalog: seams.catalog(catalog), clock });
    const times = { publishedAtMs: clock.now(), deadlineMs: clock.now() + ackMs };
    const delivery = aDelivery({
      ...writeReconcileRequest({ stream: 'pay', name: 'stripe' }),
      topic: 'reprocess-requests',
      ...times,
    });
    await reconcile(ports, { stream: 'pay', name: 'stripe' }, delivery);
  }

  private slowed(byMs: number): EventList {
    let waitMs = byMs;
    return {
      page: async (query, after) => {
        if (waitMs > 0) {
          const ms = waitMs;
          waitMs = 0;
          await new Promise<void>((resolve) => void this.clock.schedule(ms, resolve));
        }
        return this.list.page(query, after);
      },
    };
  }

  private publisherOf(run: PlannedRun): Publisher {
    return {
      publish: async (topic: TopicName, message: Message) => {
        await Promise.resolve();
        const nowMs = this.clock.now();
        if (topic === 'dead-letter-queue')
          this.laws.sawLoss(JSON.parse(textOf(message)) as { from: string; to: string });
        else if (topic === 'reprocess-requests')
          this.at(nowMs + 1, () => this.compare({ ...run, slowMs: 0, crash: undefined }));
        else {
          this.laws.sawRecovered(idIn(message), nowMs);
          for (const [n, afterMs] of run.comesAfterMs.entries())
            this.at(nowMs + afterMs, () => {
              this.track(
                aDelivery({ topic: 'mended-events', messageId: `recovered-${n}`, ...message, publishedAtMs: nowMs }),
              );
            });
        }
      },
    };
  }

  /** Lets validate and track do their work on a message, by their rules. */
  private track(delivery: Delivery): void {
    const nowMs = this.clock.now();
    const [assessment] = assess(delivery, catalog, nowMs).events;
    if (assessment?.topic !== 'validated-events') throw new Error('validate does not pass the message on');
    const { message } = assessment;
    const routing = decodeRouting(message.attributes);
    const id = idIn(delivery);
    if (routing.instantMs! < nowMs - rememberedMs) {
      this.laws.sawLetter(id, 'stale', nowMs);
      return;
    }
    for (const claim of claimsOf(routing)) {
      const { verdict } = this.blocks.claim(claim, this.seams.decide);
      if (verdict.act === 'publish') this.laws.sawClean(id, routing.key, textOf(message), nowMs);
      else this.laws.sawLetter(id, verdict.act, nowMs);
    }
  }
}

/** The members of an event beyond those of every event. */
function restOf({ id, isWanted }: PlannedEvent, isBroken: boolean, rendering: string) {
  return {
    type: isWanted ? 'charge.succeeded' : 'charge.failed',
    data: { object: { sound: !isBroken, of: id, rendering } },
  };
}

function idIn(message: Pick<Message, 'data'>): string {
  return (JSON.parse(textOf(message)) as { data: { object: { of: string } } }).data.object.of;
}

/** A list that has the types that are asked for. */
function ofTypes(list: EventList): EventList {
  return {
    page: async (query: ListQuery, after?: string): Promise<ListAnswer> => {
      const page = await list.page(query, after);
      if (page === 'unknown cursor') return page;
      const isAskedFor = (item: string): boolean => query.types.includes((JSON.parse(item) as { type: string }).type);
      return { ...page, items: page.items.filter(isAskedFor) };
    },
  };
}

/** Crashes once: the call never returns, and no later one does anything. */
function crashing(crash: PlannedRun['crash']): Interceptor {
  const never = new Promise<never>(() => undefined);
  let calls = 0;
  return async (_, proceed) => {
    if (!crash || ++calls < crash.atCall) return proceed();
    if (calls === crash.atCall && crash.isAfter) await proceed();
    return never;
  };
}
