import { InvariantError, RetryableError } from '../errors.ts';
import type { BlockStore, Clock, Random, WriteOutcome } from '../ports.ts';
import { blockIndex } from './block.ts';
import type { Mark } from './apply-claims.ts';
import type { Claim, Verdict } from './claim.ts';
import { Pace } from './pace.ts';
import { Slot, type Group, type Pending } from './slot.ts';

/** How long marks wait for a commit to ride with, in milliseconds. */
const markDelayMs = 1_000;
/** How many blocks are kept in memory though nothing waits for them. */
const idleSlots = 128;

export interface GroupCommitDeps {
  readonly blocks: BlockStore;
  readonly clock: Clock;
  readonly random: Random;
  /** The deduplication window of a stream, in milliseconds. */
  readonly windowMs: (stream: string) => number;
}

/** The blocks of one stream that something waits for, and how fast they go out. */
interface Lane {
  readonly pace: Pace;
  readonly ready: Set<Slot>;
  inFlight: number;
}

/**
 * Gathers the claims that many requests make at once into one conditional write a block.
 *
 *   claim ─► slot (one a block) ─► ready ─► round: read what is not known ─► apply ─► write ─► verdicts
 *                 ▲                                                             │
 *                 └── gathers on, after a random wait ◄──────── conflict ───────┘
 *
 * A verdict is given only when the store holds what it rests on: the group was written on the condition that the block was
 * unchanged, or it changed nothing and the block was read in this very round. An error of the store rejects the group: whether
 * it was written is not known, and the redelivered messages find out by their roots.
 */
export class GroupCommit {
  private readonly deps: GroupCommitDeps;
  private readonly slots = new Map<string, Slot>();
  private readonly lanes = new Map<string, Lane>();
  private readonly awake = new Set<string>();
  /** What is on its way. Never rejected: a failure is the claims' to hear of. */
  private readonly rounds = new Set<Promise<void>>();
  private arrivals = 0;

  constructor(deps: GroupCommitDeps) {
    this.deps = deps;
  }

  /** Resolves with the verdict on a claim once the store holds it. @throws RetryableError when the store fails. */
  claim(stream: string, claim: Claim): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      const slot = this.slot(stream, blockIndex(claim.eventId));
      slot.add({ claim, arrival: this.arrivals++, resolve, reject });
      this.makeReady(slot);
    });
  }

  /** Notes a mark, best effort: it rides with the block's next commit, or goes out by itself after a second. */
  mark(stream: string, mark: Mark): void {
    const slot = this.slot(stream, blockIndex(mark.eventId));
    slot.addMark(mark);
    if (slot.marksAreTimed) return;
    slot.marksAreTimed = true;
    this.deps.clock.schedule(markDelayMs, () => {
      slot.marksAreTimed = false;
      this.sendMarks(slot);
    });
  }

  /** Sends the marks that wait, and resolves when nothing is on its way any more: before the instance ends. */
  async flush(): Promise<void> {
    for (const slot of this.slots.values()) this.sendMarks(slot);
    // Rounds start behind the current turn, and may be followed by others.
    await Promise.resolve();
    while (this.rounds.size > 0) await Promise.all(this.rounds);
  }

  private sendMarks(slot: Slot): void {
    slot.marksAreDue = true;
    this.makeReady(slot);
  }

  private slot(stream: string, index: number): Slot {
    const name = `${stream}/${index}`;
    const known = this.slots.get(name);
    if (known) return known;
    const slot = new Slot({ stream, index });
    this.slots.set(name, slot);
    return slot;
  }

  private lane(stream: string): Lane {
    const known = this.lanes.get(stream);
    if (known) return known;
    const lane: Lane = { pace: new Pace(this.deps.random), ready: new Set(), inFlight: 0 };
    this.lanes.set(stream, lane);
    return lane;
  }

  private makeReady(slot: Slot): void {
    if (slot.isBusy || slot.isResting || !slot.hasWork) return;
    this.lane(slot.ref.stream).ready.add(slot);
    this.wake(slot.ref.stream);
  }

  /** Starts rounds after the current turn, so that claims which arrive together go out together. */
  private wake(stream: string): void {
    if (this.awake.has(stream)) return;
    this.awake.add(stream);
    queueMicrotask(() => {
      this.awake.delete(stream);
      this.startRound(stream);
    });
  }

  private startRound(stream: string): void {
    const lane = this.lane(stream);
    const round = this.pick(lane);
    if (round.length === 0) return;
    for (const slot of round) {
      slot.isBusy = true;
      lane.ready.delete(slot);
    }
    lane.inFlight += round.length;
    const underway = this.run(round, lane).finally(() => {
      lane.inFlight -= round.length;
      for (const slot of round) this.release(slot, lane);
      if (lane.ready.size > 0) this.wake(stream);
      this.rounds.delete(underway);
    });
    this.rounds.add(underway);
  }

  /** As many ready blocks as may be in flight, at random where there are more: instances that walk in step keep colliding. */
  private pick(lane: Lane): Slot[] {
    const free = lane.pace.inFlight - lane.inFlight;
    const ready = [...lane.ready];
    while (ready.length > Math.max(0, free)) ready.splice(Math.floor(this.deps.random() * ready.length), 1);
    return ready;
  }

  private async run(round: readonly Slot[], lane: Lane): Promise<void> {
    const groups = await this.gather(round);
    const outcomes = await this.write(groups, lane);
    if (!outcomes) return;
    const settled: Group[] = [];
    for (const group of groups) {
      if (this.isSettled(group, outcomes.get(group), lane)) settled.push(group);
      else group.slot.putBack(group);
    }
    give(settled);
  }

  /** Reads the blocks that are not known, and applies to each what waits for it. What cannot be read gives up its claims. */
  private async gather(round: readonly Slot[]): Promise<readonly Group[]> {
    try {
      const unread = round.filter((slot) => !slot.stored);
      const read = unread.length > 0 ? await this.deps.blocks.read(unread.map(({ ref }) => ref)) : [];
      unread.forEach((slot, i) => {
        slot.stored = read[i];
        slot.isFresh = true;
      });
    } catch (error) {
      for (const slot of round) slot.giveUp(asRetryable(error));
      return [];
    }
    return round.flatMap((slot) => this.take(slot));
  }

  /** Applies what waits for a block, if it is known. A claim that cannot be applied takes only those of its own block with it. */
  private take(slot: Slot): readonly Group[] {
    try {
      return slot.stored ? [slot.takeGroup(slot.stored)] : [];
    } catch (error) {
      slot.giveUp(new InvariantError('claims could not be applied', { cause: error }));
      return [];
    }
  }

  /** Writes the groups that changed their block. Undefined where the store failed: all groups are given up then. */
  private async write(groups: readonly Group[], lane: Lane): Promise<ReadonlyMap<Group, WriteOutcome> | undefined> {
    const { blocks, clock, windowMs } = this.deps;
    const changed = groups.filter((group) => group.block !== group.before.block);
    if (changed.length === 0) return new Map();
    const startedAtMs = clock.now();
    try {
      const outcomes = await blocks.write(
        changed.map(({ slot, block, before }) => ({
          ref: slot.ref,
          block,
          expected: before.version,
          expireAtMs: startedAtMs + windowMs(slot.ref.stream),
        })),
      );
      lane.pace.answered(clock.now() - startedAtMs);
      return new Map(changed.map((group, i) => [group, outcomes[i] ?? { status: 'conflict' }]));
    } catch (error) {
      for (const { slot, pending } of groups) {
        slot.stored = undefined;
        for (const one of pending) one.reject(asRetryable(error));
      }
      return undefined;
    }
  }

  /** Tells whether the group's verdicts stand, and leaves the slot as the outcome has it. */
  private isSettled(group: Group, outcome: WriteOutcome | undefined, lane: Lane): boolean {
    const { slot } = group;
    switch (outcome?.status) {
      case undefined:
        return slot.isFresh;
      case 'written':
        slot.stored = { block: group.block, version: outcome.version, expireAtMs: Number.POSITIVE_INFINITY };
        slot.conflicts = 0;
        slot.groupLimit = Number.POSITIVE_INFINITY;
        lane.pace.succeeded();
        return true;
      case 'conflict':
        slot.conflicts++;
        lane.pace.conflicted(this.deps.clock.now());
        return false;
      case 'refused':
        return this.takeApart(group, outcome.reason);
    }
  }

  /** A refused group is tried claim by claim, so that the one that the store will not have does not keep out the others. */
  private takeApart(group: Group, reason: string): boolean {
    if (group.pending.length > 1) {
      group.slot.groupLimit = 1;
      return false;
    }
    group.slot.stored = undefined;
    for (const pending of group.pending)
      pending.reject(new InvariantError(`the block store refused a claim: ${reason}`));
    return true;
  }

  private release(slot: Slot, lane: Lane): void {
    slot.isBusy = false;
    slot.isFresh = false;
    if (slot.conflicts > 0 && slot.hasWork) this.rest(slot, lane);
    else this.makeReady(slot);
    if (slot.isIdle) this.keepIdle(slot, lane);
  }

  /** Lets a block that met a conflict gather before its next try. */
  private rest(slot: Slot, lane: Lane): void {
    slot.isResting = true;
    this.deps.clock.schedule(lane.pace.waitMs(slot.conflicts), () => {
      slot.isResting = false;
      this.makeReady(slot);
    });
  }

  /** Moves the slot to the end of the line, and lets go of those that have been idle the longest. */
  private keepIdle(slot: Slot, lane: Lane): void {
    const name = `${slot.ref.stream}/${slot.ref.index}`;
    this.slots.delete(name);
    this.slots.set(name, slot);
    for (const [oldest, candidate] of this.slots) {
      if (this.slots.size <= idleSlots) break;
      if (candidate.isIdle) this.slots.delete(oldest);
    }
    const isQuiet = lane.inFlight === 0 && lane.ready.size === 0 && lane.pace.isAtRest;
    if (isQuiet && !this.awake.has(slot.ref.stream)) this.lanes.delete(slot.ref.stream);
  }
}

function asRetryable(error: unknown): RetryableError {
  return new RetryableError('the block store failed', { cause: error });
}

function give(groups: readonly Group[]): void {
  const given = groups.flatMap((group) =>
    group.pending.map((pending, i): [Pending, Verdict | undefined] => [pending, group.verdicts[i]]),
  );
  given.sort(([a], [b]) => a.arrival - b.arrival);
  for (const [pending, verdict] of given) {
    if (verdict) pending.resolve(verdict);
    else pending.reject(new InvariantError('a claim got no verdict'));
  }
}
