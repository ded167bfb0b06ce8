import { makeRandom } from '../shared/embedded/random.ts';
import type { BlockWrite } from '../shared/ports.ts';
import { blockIndex, cellOf } from '../shared/tracking/block.ts';
import type { GroupCommit } from '../shared/tracking/group-commit.ts';
import { aClaim } from '../test/support/claims.ts';
import { CommitHarness } from '../test/support/commits.ts';
import { billedTimeMs, type RequestTime } from './billed-time.ts';
import { DistantStore, passes, type Latency } from './distant-store.ts';

/** The events of one or more streams, and the instances of `track` that handle them. */
export interface Traffic {
  readonly events: number;
  /** The number of events that come a second time. */
  readonly duplicates?: number;
  /** The events of a second in all streams together, at random instants. Without it an instance is never idle. */
  readonly perSecond?: number;
  readonly instances: number;
  /** The number of deliveries that an instance handles at a time. */
  readonly inFlightEach: number;
  readonly streams?: number;
  /** The id of the nth event of a stream. By default the ids are consecutive. */
  readonly idOf?: (n: number) => number;
  /** How many places apart an event may come from its place. */
  readonly disorder?: number;
  readonly latency: Latency;
}

/** Counted in virtual time. Durations are in milliseconds. */
export interface TrackCounts {
  readonly published: number;
  readonly duplicates: number;
  /** The documents that are read and written for a message, marks included. */
  readonly operations: number;
  readonly reads: number;
  readonly writes: number;
  /** The time for which Cloud Run bills the instances, for all messages together. */
  readonly billedMs: number;
  /** How long it takes until a claim is stored. */
  readonly claimP99Ms: number;
  /** How long a published event is not marked as published. */
  readonly unmarkedP99Ms: number;
  readonly mostWritesASecond: number;
}

/** How long a clean event takes to be published, in milliseconds. */
const publishMs = 10;

interface Delivery {
  /** The number of the instance that Pub/Sub sends it to. */
  readonly instance: number;
  readonly stream: string;
  readonly eventId: number;
  readonly root: string;
  readonly atMs: number;
}

/** The requests of one instance: those in flight, and when each was in flight. */
interface Busy {
  count: number;
  readonly times: RequestTime[];
}

/** Handles traffic with the group commit of `track`: each event is claimed, published, and marked. */
export async function countTrack(traffic: Traffic): Promise<TrackCounts> {
  const harness = new CommitHarness();
  const store = new DistantStore(harness.clock, makeRandom(2), traffic.latency);
  const deliveries = deliveriesOf(traffic);
  const run = new TrackRun(harness, store, deliveries);
  await harness.settle(run.all(traffic));
  return {
    published: run.claimMs.length,
    duplicates: run.duplicates,
    operations: store.operations / deliveries.length,
    reads: store.reads / deliveries.length,
    writes: store.writes / deliveries.length,
    billedMs: run.requestTimes.reduce((sum, times) => sum + billedTimeMs(times), 0),
    claimP99Ms: percentile(run.claimMs, 0.99),
    unmarkedP99Ms: percentile(run.unmarkedMs, 0.99),
    mostWritesASecond: store.mostWritesASecond,
  };
}

class TrackRun {
  duplicates = 0;
  readonly claimMs: number[] = [];
  readonly unmarkedMs: number[] = [];
  /** When each instance had its requests. */
  readonly requestTimes: RequestTime[][] = [];
  private readonly harness: CommitHarness;
  private readonly store: DistantStore;
  private readonly deliveries: readonly Delivery[];
  /** The events whose mark is not stored, by block: the instant at which each was published. */
  private readonly unmarked = new Map<string, Map<number, number>>();

  constructor(harness: CommitHarness, store: DistantStore, deliveries: readonly Delivery[]) {
    this.harness = harness;
    this.store = store;
    this.deliveries = deliveries;
  }

  async all({ instances, inFlightEach }: Traffic): Promise<void> {
    await Promise.all(Array.from({ length: instances }, (_, i) => this.instance(i, inFlightEach)));
  }

  private async instance(number: number, inFlight: number): Promise<void> {
    const through = (blocks: Parameters<DistantStore['over']>[0]) =>
      this.store.over(blocks, (write) => {
        this.noteMarks(write);
      });
    const commits = this.harness.instance(through, number + 1);
    const busy: Busy = { count: 0, times: [] };
    this.requestTimes.push(busy.times);
    const queue = this.deliveries.filter(({ instance }) => instance === number).values();
    await Promise.all(Array.from({ length: inFlight }, () => this.serve(commits, queue, busy)));
    await commits.flush();
    busy.times.sort((a, b) => a.fromMs - b.fromMs);
  }

  private async serve(commits: GroupCommit, queue: IterableIterator<Delivery>, busy: Busy): Promise<void> {
    const { clock } = this.harness;
    for (const { stream, eventId, root, atMs } of queue) {
      await passes(clock, atMs - clock.now());
      busy.count++;
      const arrivedAtMs = clock.now();
      const claim = aClaim({ eventId, key: `${eventId}/0`, root });
      const { act } = await commits.claim(stream, claim);
      if (act === 'publish') {
        this.claimMs.push(clock.now() - arrivedAtMs);
        await passes(clock, publishMs);
        this.unmarkedOf(stream, blockIndex(eventId)).set(eventId, clock.now());
        commits.mark(stream, { eventId, root: claim.root, as: 'published' });
      } else if (act === 'duplicate') this.duplicates++;
      else throw new Error(`event ${eventId} of ${stream} is not published: ${act}`);
      busy.count--;
      // Before the last delivery in flight is acked, as functions/push-endpoint.ts does.
      if (busy.count === 0) await commits.writeMarks();
      busy.times.push({ fromMs: arrivedAtMs, toMs: clock.now() });
    }
  }

  private noteMarks({ ref: { stream, index }, block }: BlockWrite): void {
    const waiting = this.unmarkedOf(stream, index);
    for (const [eventId, sinceMs] of waiting) {
      if (!cellOf(block, eventId).some(({ published }) => published)) continue;
      this.unmarkedMs.push(this.harness.clock.now() - sinceMs);
      waiting.delete(eventId);
    }
  }

  private unmarkedOf(stream: string, index: number): Map<number, number> {
    const name = `${stream}/${index}`;
    const known = this.unmarked.get(name) ?? new Map<number, number>();
    this.unmarked.set(name, known);
    return known;
  }
}

/** Makes the deliveries in the order in which they come. */
function deliveriesOf(traffic: Traffic): Delivery[] {
  const { events, duplicates = 0, perSecond, instances, streams = 1, idOf = (n: number) => n, disorder = 0 } = traffic;
  const random = makeRandom(1);
  const again = Array.from({ length: duplicates }, () => Math.floor(random() * events));
  const places = [...Array.from({ length: events }, (_, n) => n), ...again].map((n) => ({
    n,
    place: n + random() * disorder,
  }));
  let atMs = 0;
  return places
    .sort((a, b) => a.place - b.place)
    .map(({ n }, i) => {
      if (perSecond !== undefined) atMs += (-Math.log(1 - random()) * 1_000) / perSecond;
      const instance = Math.floor(random() * instances);
      return { instance, stream: `s${n % streams}`, eventId: idOf(Math.floor(n / streams)), root: `events/${i}`, atMs };
    });
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
