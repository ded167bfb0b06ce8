import type { BlockRef, BlockStore, Clock, Log, Random } from '../ports.ts';
import type { Mark } from './apply-claims.ts';
import type { BlockVerdict, Claim, Verdict } from './claim.ts';
import { CommitRound } from './commit-round.ts';
import { hasFormerEntry } from './entries-of-key.ts';
import { InUsePool } from './in-use-pool.ts';
import { Pace } from './pace.ts';
import { digitOf } from './pages.ts';
import { blockRefOf, Slot, slotName } from './slot.ts';

/**
 * How long a mark waits to share a later commit, in milliseconds. A longer wait saves nothing, because a block with
 * many events has a commit within this time anyway.
 */
const maxMarkWaitMs = 1_000;
/**
 * The maximum hold (rest or backoff) of a block, in milliseconds. A longer hold means that the clock was set back. It
 * is ignored.
 */
const maxHoldMs = 200;
/**
 * The maximum number of idle blocks in memory, and of entries in all of them. 65,536 entries are 256 full blocks, and
 * take some 50 MB of heap.
 */
const idleSlots = { maxEntries: 4_096, maxSize: 65_536 };
/** The maximum number of idle streams whose pace stays in memory. */
const maxIdleLanes = 4_096;

export interface GroupCommitDeps {
  readonly blocks: BlockStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Log, 'count'>;
  /** Returns the deduplication window of a stream, in milliseconds. */
  readonly windowMs: (stream: string) => number;
}

/** The commits of one stream: the blocks that are ready for the next round, and the number of blocks in flight. */
interface Lane {
  readonly pace: Pace;
  readonly ready: Set<Slot>;
  inFlight: number;
  /** The highest index of a block that the instance knows to be stored. */
  highestStored: number;
}

/**
 * Gathers the claims of concurrent deliveries into one conditional write for each block.
 *
 *   claim ─► slot (1 per block) ─► ready ─► round: read unknown blocks ─► apply ─► write ─► verdicts
 *                 ▲                                                         │
 *                 ├── rest: gathers for a tenth of a second ◄── written ────┤
 *                 └── back off for a random time, read again ◄── conflict ──┘
 *
 * A verdict must rest on the state of the store after the claim arrived. There are two cases. The group was written
 * under the condition that its block was unchanged. Or the group changed nothing, and its block was read by a read that
 * began after the claim arrived. A claim that arrived during the read is judged again after the next read. If the
 * store fails, all claims of the group are rejected. The group may have been written nevertheless. Then the redelivered
 * messages find the entries of their own roots.
 */
export class GroupCommit {
  private readonly deps: GroupCommitDeps;
  private readonly slots = new InUsePool<Slot>({ ...idleSlots, sizeOf: ({ entryCount }) => entryCount });
  private readonly lanes = new InUsePool<Lane>({ maxEntries: maxIdleLanes });
  /** The streams whose next round is scheduled. */
  private readonly scheduled = new Set<string>();
  private readonly rounds: CommitRound;
  /** The running rounds. They never reject, because errors go to the claims. */
  private readonly underway = new Set<Promise<void>>();
  /** The number of claims that have arrived. */
  private arrivals = 0;

  constructor(deps: GroupCommitDeps) {
    this.deps = deps;
    this.rounds = new CommitRound({ ...deps, arrivals: () => this.arrivals });
  }

  /**
   * Resolves with the verdict on a claim when it is stored.
   *
   * @param deadlineMs The deadline of the delivery, in milliseconds since 1970. A claim that still waits then is not
   * made.
   * @throws RetryableError when the store fails, or the deadline has passed.
   */
  async claim(stream: string, claim: Claim, deadlineMs = Number.POSITIVE_INFINITY): Promise<Verdict> {
    let ref = blockRefOf(stream, claim);
    let asked = claim;
    let isOnFormerPages: boolean | undefined;
    for (;;) {
      const { page = '' } = ref;
      const verdict = await this.claimIn(ref, asked, deadlineMs);
      if (verdict.act === 'publish') return { ...verdict, page };
      if (verdict.act !== 'go-on') return verdict;
      isOnFormerPages ??= await hasFormerEntry(this.deps.blocks, stream, claim);
      const digit = isOnFormerPages && claim.formerly ? digitOf(claim.formerly.key, page.length) : verdict.digit;
      ref = { ...ref, page: page + digit };
      asked = { ...asked, inferenceBefore: verdict.inferenceBefore };
    }
  }

  /**
   * Adds a mark, best effort. It is written with the next claims of the block. If the oldest mark has waited for a
   * second, the marks are written without claims.
   */
  mark(stream: string, mark: Mark): void {
    const slot = this.slot(blockRefOf(stream, mark));
    slot.marks.add(mark, this.deps.clock.now());
    if (!slot.hasMarkTimer) this.watchMarks(slot, maxMarkWaitMs);
  }

  /**
   * Writes the waiting marks, and resolves when each is written or lost. The last delivery in flight calls this before
   * it is acked. Cloud Run takes the CPU from an instance without requests, so a waiting mark could otherwise wait for
   * hours.
   */
  async writeMarks(): Promise<void> {
    const slots = this.slots.used.filter(({ marks }) => !marks.isEmpty);
    const settled = slots.map(({ marks }) => marks.settled());
    for (const slot of slots) this.sendMarks(slot, { isUrgent: true });
    await Promise.all(settled);
  }

  /** Writes the waiting marks, and resolves when no round is running. It is called before the instance ends. */
  async flush(): Promise<void> {
    // Rounds start after the current turn, and can be followed by further rounds.
    await Promise.resolve();
    await this.writeMarks();
    while (this.underway.size > 0) await Promise.all(this.underway);
  }

  /** The numbers of blocks and streams in memory. */
  get known(): { readonly blocks: number; readonly streams: number } {
    return { blocks: this.slots.count, streams: this.lanes.count };
  }

  /** Makes a claim on one block or page. */
  private claimIn(ref: BlockRef, claim: Claim, deadlineMs: number): Promise<BlockVerdict> {
    return new Promise((resolve, reject) => {
      const slot = this.slot(ref);
      slot.add({ claim, arrival: this.arrivals++, deadlineMs, resolve, reject });
      if (isProbablyNew(slot, this.lane(ref.stream))) slot.gatherFirst(this.deps.clock.now());
      this.makeReady(slot);
    });
  }

  private watchMarks(slot: Slot, delayMs: number): void {
    slot.hasMarkTimer = true;
    this.deps.clock.schedule(delayMs, () => {
      slot.hasMarkTimer = false;
      const { oldestSinceMs } = slot.marks;
      if (oldestSinceMs === undefined) return;
      const leftMs = oldestSinceMs + maxMarkWaitMs - this.deps.clock.now();
      if (leftMs > 0) this.watchMarks(slot, leftMs);
      else this.sendMarks(slot, { isUrgent: false });
    });
  }

  private sendMarks(slot: Slot, { isUrgent }: { readonly isUrgent: boolean }): void {
    if (slot.marks.waitingCount === 0) return;
    slot.marksAreDue = true;
    slot.isUrgent ||= isUrgent;
    this.makeReady(slot);
  }

  private slot(ref: BlockRef): Slot {
    return this.slots.use(slotName(ref), () => new Slot(ref));
  }

  private lane(stream: string): Lane {
    return this.lanes.use(stream, () => ({
      pace: new Pace(this.deps.random),
      ready: new Set(),
      inFlight: 0,
      highestStored: -1,
    }));
  }

  private makeReady(slot: Slot): void {
    if (slot.isBusy || !slot.hasWork) return;
    const { heldUntilMs } = slot;
    const heldMs = heldUntilMs - this.deps.clock.now();
    if (heldMs > 0 && heldMs <= maxHoldMs) {
      this.endHoldAt(slot, heldUntilMs);
      return;
    }
    this.lane(slot.ref.stream).ready.add(slot);
    this.scheduleRound(slot.ref.stream);
  }

  private endHoldAt(slot: Slot, atMs: number): void {
    const { clock } = this.deps;
    if (slot.holdTimerAtMs <= atMs) return;
    slot.holdTimerAtMs = atMs;
    clock.schedule(atMs - clock.now(), () => {
      if (slot.holdTimerAtMs === atMs) slot.holdTimerAtMs = Number.POSITIVE_INFINITY;
      this.makeReady(slot);
    });
  }

  /** Starts a round after the current turn, so that claims that arrive together are committed together. */
  private scheduleRound(stream: string): void {
    if (this.scheduled.has(stream)) return;
    this.scheduled.add(stream);
    queueMicrotask(() => {
      this.scheduled.delete(stream);
      this.startRound(stream);
    });
  }

  private startRound(stream: string): void {
    const lane = this.lane(stream);
    const round = this.pick(lane);
    if (round.length === 0) {
      this.releaseLane(stream, lane);
      return;
    }
    for (const slot of round) {
      slot.isBusy = true;
      lane.ready.delete(slot);
      if (isProbablyNew(slot, lane)) slot.assumeNew();
      slot.wasInRound = true;
    }
    lane.inFlight += round.length;
    const underway = this.rounds.run(round, lane.pace).finally(() => {
      lane.inFlight -= round.length;
      for (const slot of round) {
        if (slot.snapshot?.stored.version !== undefined)
          lane.highestStored = Math.max(lane.highestStored, slot.ref.index);
        this.release(slot);
      }
      if (lane.ready.size > 0) this.scheduleRound(stream);
      else this.releaseLane(stream, lane);
      this.underway.delete(underway);
    });
    this.underway.add(underway);
  }

  private releaseLane(stream: string, lane: Lane): void {
    if (lane.inFlight === 0 && lane.ready.size === 0) this.lanes.release(stream);
  }

  /**
   * Picks ready blocks for a round, up to the limit of blocks in flight. It picks at random, because instances that
   * picked in the same order would conflict again and again.
   */
  private pick(lane: Lane): Slot[] {
    const free = lane.pace.inFlightLimit - lane.inFlight;
    const ready = [...lane.ready];
    while (ready.length > Math.max(0, free)) ready.splice(Math.floor(this.deps.random() * ready.length), 1);
    return ready;
  }

  private release(slot: Slot): void {
    slot.isBusy = false;
    this.makeReady(slot);
    if (slot.isIdle) this.slots.release(slot.name);
  }
}

/**
 * Whether a block is above all that the instance knows to be stored of its stream. While no other instance writes the
 * stream, such a block is new. To read it would cost a call, and 15 ms. If it is stored after all, its write meets a
 * conflict, and it is read.
 */
function isProbablyNew({ ref, wasInRound }: Slot, { pace, highestStored }: Lane): boolean {
  const isPage = ref.page !== undefined;
  return !wasInRound && !isPage && highestStored >= 0 && ref.index > highestStored && !pace.hasConflicted;
}
