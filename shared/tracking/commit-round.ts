import { EventmendError, InvariantError, RetryableError } from '../errors.ts';
import type { BlockStore, Clock, Log, WriteOutcome } from '../ports.ts';
import type { BlockVerdict } from './claim.ts';
import type { Pace } from './pace.ts';
import { blockLifetimeMs } from './lifetimes.ts';
import type { Group, Pending, Slot, Snapshot } from './slot.ts';

export interface CommitRoundDeps {
  readonly blocks: BlockStore;
  readonly clock: Clock;
  readonly log: Pick<Log, 'count'>;
  readonly windowMs: (stream: string) => number;
  /** Returns the number of claims that have arrived. */
  readonly arrivals: () => number;
}

type Settled = readonly [Pending, BlockVerdict | undefined];

/** The groups of a round, and the slots whose blocks it has read. */
interface Gathered {
  readonly groups: readonly Group[];
  readonly read: ReadonlySet<Slot>;
}

interface RoundContext extends Pick<Gathered, 'read'> {
  readonly asOf: number;
  readonly writtenAtMs: number;
  readonly pace: Pace;
}

/**
 * Commits the waiting claims and marks of some blocks with one read and one write. After a round each slot is ready for
 * the next round, even if the round failed.
 */
export class CommitRound {
  private readonly deps: CommitRoundDeps;

  constructor(deps: CommitRoundDeps) {
    this.deps = deps;
  }

  /**
   * Resolves each claim with its verdict, rejects it, or leaves it waiting in its slot. The returned promise never
   * rejects.
   */
  async run(slots: readonly Slot[], pace: Pace): Promise<void> {
    const { groups, read } = await this.gather(slots, pace);
    const asOf = this.deps.arrivals();
    const writtenAtMs = this.deps.clock.now();
    const outcomes = await this.write(groups, pace);
    const context = { asOf, writtenAtMs, pace, read };
    if (outcomes) giveVerdicts(groups.flatMap((group) => this.settle(group, outcomes.get(group), context)));
  }

  /**
   * Reads the blocks of slots without a snapshot, and of slots with marks only if another instance has probably written their
   * blocks. Then it applies the waiting claims and marks of all slots. If the read fails, it rejects all claims of the round.
   */
  private async gather(slots: readonly Slot[], pace: Pace): Promise<Gathered> {
    const read = new Set<Slot>();
    try {
      const asOf = this.deps.arrivals();
      const unread = slots.filter(
        (slot) => !slot.snapshot || (pace.readsAgain && isKnown(slot.snapshot) && !slot.hasClaims),
      );
      const stored = unread.length > 0 ? await this.deps.blocks.read(unread.map(({ ref }) => ref)) : [];
      for (const [i, slot] of unread.entries()) {
        const [before, after] = [slot.snapshot, stored[i]];
        if (before) pace.sampleKnown(before.stored.version !== after?.version);
        slot.snapshot = after && { stored: after, asOf };
        read.add(slot);
      }
    } catch (error) {
      for (const slot of slots) this.rejectAll(slot, toStoreError(error));
      return { groups: [], read };
    }
    return { groups: slots.flatMap((slot) => this.take(slot)), read };
  }

  /**
   * Applies the waiting claims and marks of one block. If this fails, it rejects the claims of this block only.
   */
  private take(slot: Slot): readonly Group[] {
    try {
      slot.rejectOverdue(
        this.deps.clock.now(),
        () => new RetryableError('the deadline passed before the claim was made'),
      );
      return slot.snapshot ? [slot.takeGroup(slot.snapshot)] : [];
    } catch (error) {
      this.rejectAll(slot, new InvariantError('claims could not be applied', { cause: error }));
      return [];
    }
  }

  /**
   * Writes the blocks that their groups changed. If the store fails, it rejects the claims of all groups.
   *
   * @returns The outcome of each written group. Undefined if the store failed.
   */
  private async write(groups: readonly Group[], pace: Pace): Promise<ReadonlyMap<Group, WriteOutcome> | undefined> {
    const { blocks, clock } = this.deps;
    const startedAtMs = clock.now();
    const changed = groups.filter((group) => group.block !== group.before.stored.block || this.expiresEarly(group));
    if (changed.length === 0) return new Map();
    try {
      const outcomes = await blocks.write(
        changed.map((group) => ({
          ref: group.slot.ref,
          block: group.block,
          expected: group.before.stored.version,
          expireAtMs: startedAtMs + this.lifetimeMs(group),
          writtenAtMs: startedAtMs,
        })),
      );
      pace.sample(clock.now() - startedAtMs);
      return new Map(changed.map((group, i) => [group, outcomes[i] ?? { status: 'conflict' }]));
    } catch (error) {
      for (const group of groups) this.reject(group, toStoreError(error));
      return undefined;
    }
  }

  private lifetimeMs({ slot, block }: Group): number {
    return blockLifetimeMs(slot.ref, block, this.deps.windowMs(slot.ref.stream), this.deps.clock.now());
  }

  /**
   * Whether a block leads claims on to a page that would outlive it. Its expiry is then renewed before the page is
   * written. A page lives for a window from its last write, and the half is a margin that makes renewals rare.
   */
  private expiresEarly({ slot, before, verdicts }: Group): boolean {
    if (!verdicts.some(({ act }) => act === 'go-on')) return false;
    return before.stored.expireAtMs < this.deps.clock.now() + 1.5 * this.deps.windowMs(slot.ref.stream);
  }

  /** Updates a slot after the write of its group. @returns The claims whose verdicts are final. */
  private settle(
    group: Group,
    outcome: WriteOutcome | undefined,
    { asOf, writtenAtMs, pace, read }: RoundContext,
  ): readonly Settled[] {
    const { slot } = group;
    if (outcome && isKnown(group.before) && group.pending.length === 0 && !read.has(slot))
      pace.sampleKnown(outcome.status === 'conflict');
    const nowMs = this.deps.clock.now();
    switch (outcome?.status) {
      case undefined:
        return settleUnchanged(group);
      case 'written':
        slot.written(
          { block: group.block, version: outcome.version, expireAtMs: writtenAtMs + this.lifetimeMs(group) },
          asOf,
        );
        slot.rest(nowMs);
        pace.succeeded();
        return verdictsOf(group);
      case 'conflict':
        slot.putBack(group);
        slot.backOff(nowMs + pace.backoffMs());
        pace.conflicted(nowMs);
        return [];
      case 'refused':
        this.retryOneByOne(group, outcome.reason);
        return [];
    }
  }

  /** Tries the claims of a refused group one by one, so that an invalid claim does not block the others. */
  private retryOneByOne(group: Group, reason: string): void {
    if (group.pending.length > 1) {
      group.slot.oneByOne = group.pending.length;
      group.slot.putBack(group);
    } else this.reject(group, new InvariantError(`the block store refused a claim: ${reason}`));
  }

  /**
   * Rejects the claims of a group and drops its marks. It also drops the snapshot, because it is not known whether the
   * block was written.
   */
  private reject({ slot, pending, markCount }: Group, error: Error): void {
    slot.snapshot = undefined;
    slot.marks.settle();
    for (const one of pending) one.reject(error);
    this.deps.log.count('mark-lost', markCount);
  }

  private rejectAll(slot: Slot, error: Error): void {
    this.deps.log.count('mark-lost', slot.rejectAll(error));
  }
}

/** Whether a block is known from an earlier round, and not only taken for new. */
function isKnown({ stored }: Snapshot): boolean {
  return stored.version !== undefined;
}

function verdictsOf({ pending, verdicts }: Group): readonly Settled[] {
  return pending.map((one, i): Settled => [one, verdicts[i]]);
}

/**
 * Settles a group that did not change its block. The verdict of a claim is final if the claim arrived before the read
 * of the block began. The later claims wait for another read, because another instance may have written the block
 * before they arrived. A claim that goes on to a page waits for nothing, because a full block stays full.
 */
function settleUnchanged(group: Group): readonly Settled[] {
  const { slot, before } = group;
  slot.marks.settle();
  const isFinal = ([{ arrival }, verdict]: Settled): boolean => arrival < before.asOf || verdict?.act === 'go-on';
  const verdicts = verdictsOf(group);
  const late = verdicts.flatMap((one) => (isFinal(one) ? [] : [one[0]]));
  if (late.length > 0) slot.readAgainFor(late);
  return verdicts.filter(isFinal);
}

/** Converts an error of the store: an error of Eventmend stays as it is, and any other error becomes retryable. */
function toStoreError(error: unknown): EventmendError {
  return error instanceof EventmendError ? error : new RetryableError('the block store failed', { cause: error });
}

/** Resolves the claims with their verdicts, in the order of arrival. */
function giveVerdicts(settled: readonly Settled[]): void {
  for (const [pending, verdict] of settled.toSorted(([a], [b]) => a.arrival - b.arrival)) {
    if (verdict) pending.resolve(verdict);
    else pending.reject(new InvariantError('a claim got no verdict'));
  }
}
