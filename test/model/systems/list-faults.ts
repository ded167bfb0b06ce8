import type { Catalog } from '../../../shared/catalog-definition.ts';
import type { EventList, ReconciliationStore } from '../../../shared/ports.ts';
import type { StreamList } from '../../../shared/reconciliation/list-settings.ts';
import { floorOf, type Reconciliation } from '../../../shared/reconciliation/reconciliation.ts';
import { decide } from '../../../shared/tracking/rules.ts';
import { lagMs, rememberedMs } from './list-plan.ts';
import { realSeams, type ListSeams } from './list-run.ts';

/** A faulty variant of a comparison, the law that it breaks, and the seed of a plan that shows it. */
export interface ListFault {
  readonly fault: string;
  readonly seams: ListSeams;
  readonly law: string;
  readonly seed: number;
}

function withSeams(change: Partial<ListSeams>): ListSeams {
  return { ...realSeams, ...change };
}

/** A comparison under other settings of its list. */
function underList(change: Partial<StreamList>): ListSeams {
  const catalogOf = (catalog: Catalog): Catalog => ({
    ...catalog,
    lists: catalog.lists.map((list) => ({ ...list, ...change })),
  });
  return withSeams({ catalog: catalogOf });
}

/** A comparison that reads another state than the stored one. */
function reading(change: (state: Reconciliation, nowMs: number) => Partial<Reconciliation>): ListSeams {
  return withSeams({
    states: (states, clock) => ({
      find: async (stream, name) => {
        const stored = await states.find(stream, name);
        return stored && { ...stored, value: { ...stored.value, ...change(stored.value, clock.now()) } };
      },
      save: (stream, name, state, expected) => states.save(stream, name, state, expected),
    }),
  });
}

/** A comparison that stores another state. */
function storing(change: (state: Reconciliation, nowMs: number) => Partial<Reconciliation>): ListSeams {
  return withSeams({
    states: (states, clock) => ({
      find: (stream, name) => states.find(stream, name),
      save: (stream, name, state, expected) =>
        states.save(stream, name, { ...state, ...change(state, clock.now()) }, expected),
    }),
  });
}

/** A store that saves a state also if another run has changed it. */
function withoutCondition(states: ReconciliationStore): ReconciliationStore {
  return {
    find: (stream, name) => states.find(stream, name),
    save: async (stream, name, state) => states.save(stream, name, state, (await states.find(stream, name))?.version),
  };
}

/** A list whose items have ids of their own, where they lack those of messages. */
function withOwnIds(list: EventList): EventList {
  return {
    page: async (query, after) => {
      const page = await list.page(query, after);
      if (page === 'unknown cursor') return page;
      const named = (item: string): string => {
        const members = JSON.parse(item) as { id?: string; created: number };
        return JSON.stringify({ ...members, id: members.id ?? `record_${members.created}` });
      };
      return { ...page, items: page.items.map(named) };
    },
  };
}

const endsSpan = ({ reading: span, last }: Reconciliation, nowMs: number): boolean =>
  span === undefined && last?.atMs === nowMs;
const dayMs = 24 * 3_600_000;

export const listFaults: readonly ListFault[] = [
  {
    fault: 'a span goes up to now, and the list shows events later',
    seams: underList({ lagMs: 0 }),
    law: 'the checkpoint passed an event',
    seed: 5,
  },
  {
    fault: 'a span does not overlap the one before',
    seams: underList({ overlapMs: 0 }),
    law: 'the checkpoint passed an event',
    seed: 5,
  },
  {
    fault: 'the beginning of a span does not belong to it',
    seams: withSeams({
      list: (list) => ({ page: (query, after) => list.page({ ...query, fromMs: query.fromMs + 1_000 }, after) }),
    }),
    law: 'the checkpoint passed an event',
    seed: 76,
  },
  {
    fault: 'the checkpoint rises to the end of the run, and not of the span',
    seams: storing((state, nowMs) => (endsSpan(state, nowMs) ? { checkpointMs: nowMs - lagMs } : {})),
    law: 'the checkpoint passed an event',
    seed: 97,
  },
  {
    fault: 'the checkpoint rises when a run begins',
    seams: storing((state, nowMs) => (state.leaseUntilMs === undefined ? {} : { checkpointMs: nowMs - lagMs })),
    law: 'the checkpoint passed an event',
    seed: 2,
  },
  {
    fault: 'a run that has lost its lease saves its state',
    seams: withSeams({ states: withoutCondition }),
    law: 'the checkpoint went back',
    seed: 2,
  },
  {
    fault: 'a recovered event and its message are compared by content',
    seams: withSeams({
      decide: (cell, claim) =>
        decide(
          cell.map((entry) => ({ ...entry, recovered: false })),
          { ...claim, isRecovered: false },
        ),
    }),
    law: 'a copy is a conflict',
    seed: 4,
  },
  {
    fault: 'a refused event counts as missing',
    seams: withSeams({
      blocks: (blocks) =>
        Object.assign(Object.create(blocks) as typeof blocks, {
          read: async (refs: Parameters<typeof blocks.read>[0]) =>
            (await blocks.read(refs)).map((stored) => ({
              ...stored,
              block: {
                ...stored.block,
                cells: stored.block.cells.map((cell) => cell.filter(({ state }) => state !== 'closed')),
              },
            })),
        }),
    }),
    law: 'called missing, though it came',
    seed: 1,
  },
  {
    fault: 'a time is compared that the stream has forgotten',
    seams: withSeams({
      catalog: (catalog) => ({
        ...catalog,
        stream: (name) => ({ ...catalog.stream(name), windowMs: Number.POSITIVE_INFINITY }),
        lists: catalog.lists.map((list) => ({ ...list, reachMs: Number.POSITIVE_INFINITY })),
      }),
    }),
    law: 'called missing, though it came',
    seed: 1,
  },
  {
    fault: 'all types of the list are recovered',
    seams: underList({ types: ['charge.succeeded', 'charge.failed'] }),
    law: 'recovered, though the stream does not take the type',
    seed: 4,
  },
  {
    fault: 'an item without the id of its message is published under an id of its own',
    seams: withSeams({ list: withOwnIds }),
    law: 'counted twice, under two keys',
    seed: 7,
  },
  {
    fault: 'the first comparison begins in the past',
    seams: underList({ sinceMs: 0 }),
    law: 'recovered from before the comparison was switched on',
    seed: 36,
  },
  {
    fault: 'no letter tells the time that cannot be compared any more',
    seams: reading(({ checkpointMs }, nowMs) => ({
      checkpointMs: Math.max(
        checkpointMs,
        floorOf({ reachMs: 30 * dayMs } as StreamList, { nowMs, windowMs: rememberedMs }),
      ),
    })),
    law: 'lost, though the list has it',
    seed: 9,
  },
  {
    fault: 'no comparison looks back a day',
    seams: reading((_, nowMs) => ({ deepAtMs: nowMs })),
    law: 'lost, though the list has it',
    seed: 3,
  },
  {
    fault: 'a comparison that looks back a day counts as done when it begins',
    seams: storing((state, nowMs) =>
      state.leaseUntilMs !== undefined && nowMs - state.deepAtMs >= dayMs ? { deepAtMs: nowMs } : {},
    ),
    law: 'lost, though the list has it',
    seed: 3,
  },
  {
    fault: 'a comparison after a pause looks back a day, and not to the one before',
    seams: reading(({ deepAtMs }, nowMs) => ({ deepAtMs: Math.max(deepAtMs, nowMs - dayMs) })),
    law: 'lost, though the list has it',
    seed: 40,
  },
];
