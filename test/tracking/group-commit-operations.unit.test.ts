import { makeRandom } from '../../shared/embedded/random.ts';
import type { BlockStore, Clock } from '../../shared/ports.ts';
import type { GroupCommit } from '../../shared/tracking/group-commit.ts';
import { aClaim } from '../support/claims.ts';
import { CommitHarness } from '../support/commits.ts';

/*
 * Counts the documents that are read and written for an event, as Firestore bills them. Time is virtual, so that the numbers are the
 * same on every machine. Each bound is some 20 % above what was counted when it was set.
 */

/** How long a call of Firestore takes, in milliseconds: half of it on the way there, half on the way back. */
const readMs = 15;
const writeMs = 25;
/** How long a clean event takes to be published, in milliseconds. */
const publishMs = 10;

interface Traffic {
  readonly instances: number;
  /** Messages that one instance serves at a time. */
  readonly inFlightEach: number;
  readonly events: number;
  /** Events that come a second time. */
  readonly duplicates?: number;
  /** How far an event may come from its place in the stream. */
  readonly disorder?: number;
  /** The time between two messages, in milliseconds; without it each comes as soon as an instance is free. */
  readonly everyMs?: number;
}

interface Count {
  reads: number;
  writes: number;
}

function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(ms, resolve);
  });
}

/** A store as far away as Firestore is, that counts the documents of each call. */
function distant(store: BlockStore, clock: Clock, count: Count): BlockStore {
  return {
    ...store,
    read: async (refs) => {
      count.reads += refs.length;
      await wait(clock, readMs / 2);
      const blocks = await store.read(refs);
      await wait(clock, readMs / 2);
      return blocks;
    },
    write: async (writes) => {
      count.writes += writes.length;
      await wait(clock, writeMs / 2);
      const outcomes = await store.write(writes);
      await wait(clock, writeMs / 2);
      return outcomes;
    },
  };
}

/** The ids of messages in the order in which they come. */
function arrivals({ events, duplicates = 0, disorder = 0 }: Traffic): number[] {
  const random = makeRandom(1);
  const ids = Array.from({ length: events }, (_, i) => i);
  const again = Array.from({ length: duplicates }, () => Math.floor(random() * events));
  const placed = [...ids, ...again].map((id) => ({ id, place: id + random() * disorder }));
  return placed.sort((a, b) => a.place - b.place).map(({ id }) => id);
}

/** Has instances claim and publish a stream. @returns What the store was asked for, per message and marks included. */
async function run(traffic: Traffic) {
  const harness = new CommitHarness();
  const { clock } = harness;
  const count: Count = { reads: 0, writes: 0 };
  const queue = arrivals(traffic).entries();
  const verdicts: Record<string, number> = {};
  const serve = async (commits: GroupCommit): Promise<void> => {
    for (const [i, id] of queue) {
      if (traffic.everyMs !== undefined) await wait(clock, i * traffic.everyMs - clock.now());
      const claim = aClaim({ eventId: id, key: `${id}/0`, root: `events/${i}` });
      const { act } = await commits.claim('hot', claim);
      verdicts[act] = (verdicts[act] ?? 0) + 1;
      if (act !== 'publish') continue;
      await wait(clock, publishMs);
      commits.mark('hot', { eventId: id, root: claim.root, as: 'published' });
    }
  };
  const instances = Array.from({ length: traffic.instances }, (_, i) =>
    harness.instance((store) => distant(store, clock, count), i + 1),
  );
  const serving = instances.flatMap((commits) => Array.from({ length: traffic.inFlightEach }, () => serve(commits)));
  await harness.settle(Promise.all(serving));
  await harness.settle(Promise.all(instances.map((commits) => commits.flush())));
  const messages = traffic.events + (traffic.duplicates ?? 0);
  return {
    operations: (count.reads + count.writes) / messages,
    verdicts,
    entries: await harness.settle(entriesIn(harness)),
  };
}

async function entriesIn({ blocks }: CommitHarness): Promise<number> {
  let entries = 0;
  for await (const { cells } of blocks.scan('hot', 0, Number.MAX_SAFE_INTEGER)) entries += cells.flat().length;
  return entries;
}

const streams: readonly [string, Traffic, number][] = [
  [
    'four instances that compete for a stream, events up to 500 places out of order',
    { instances: 4, inFlightEach: 100, events: 5_000, duplicates: 100, disorder: 500 },
    0.18,
  ],
  [
    'four instances at 1,000 events a second, out of order',
    { instances: 4, inFlightEach: 100, events: 5_000, duplicates: 100, disorder: 500, everyMs: 1 },
    0.25,
  ],
  ['one instance, events in order', { instances: 1, inFlightEach: 100, events: 5_000 }, 0.03],
  ['one instance at 100 events a second', { instances: 1, inFlightEach: 50, events: 2_000, everyMs: 10 }, 0.12],
  ['an event a second, each alone', { instances: 1, inFlightEach: 50, events: 200, everyMs: 1_000 }, 1.25],
];

describe('reads and writes of documents an event', () => {
  it.each(streams)('%s', async (_, traffic, most) => {
    const { operations, verdicts, entries } = await run(traffic);
    const { events, duplicates = 0 } = traffic;
    expect(operations).toBeLessThan(most);
    expect(verdicts).toEqual({ publish: events, ...(duplicates > 0 && { duplicate: duplicates }) });
    expect(entries).toBe(events);
  });
});
