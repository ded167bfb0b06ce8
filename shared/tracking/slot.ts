import type { BlockRef, StoredBlock } from '../ports.ts';
import { applyClaims, applyMarks } from './apply-claims.ts';
import type { Block } from './block.ts';
import type { Claim, Verdict } from './claim.ts';
import { MarkQueue } from './mark-queue.ts';

/** A claim whose verdict a delivery waits for. */
export interface Pending {
  readonly claim: Claim;
  /** Number of the claim in the order of arrival, over all blocks. */
  readonly arrival: number;
  /** The deadline of its delivery, in milliseconds since 1970. */
  readonly deadlineMs: number;
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (error: Error) => void;
}

/** A block as the instance knows it. */
export interface Snapshot {
  readonly stored: StoredBlock;
  /** The read or the write that gave this block began after every claim with a lower number had arrived. */
  readonly asOf: number;
}

/** Claims and marks that go into the store together, and the block that they make. */
export interface Group {
  readonly slot: Slot;
  readonly pending: readonly Pending[];
  readonly markCount: number;
  readonly before: Snapshot;
  readonly block: Block;
  /** A verdict a claim, in the order of `pending`. */
  readonly verdicts: readonly Verdict[];
}

/** How long a block rests after a commit, in milliseconds: the claims of that time share the next one. */
const restMs = 100;
/** How long a block rests if a large group waits. No rest is shorter. */
const minRestMs = 25;
/** Claims that are worth a commit of their own: a quarter of a block. */
const largeGroup = 64;

interface Hold {
  readonly untilMs: number;
  /** The same where a large group waits. */
  readonly largeUntilMs: number;
}

/** One block in one instance: the block as it is known, and the claims and marks that wait for its next commit. */
export class Slot {
  readonly ref: BlockRef;
  readonly marks = new MarkQueue();
  /** Undefined where the block must be read first. */
  snapshot: Snapshot | undefined;
  /** A round with this block is under way. */
  isBusy = false;
  /** The marks are to be written even if no claim comes. */
  marksAreDue = false;
  /** The marks are to be written even though the block is held back. */
  isUrgent = false;
  /** A timer will look at the marks. */
  hasMarkTimer = false;
  /** When a timer will end the hold, in milliseconds since 1970. */
  holdTimerAtMs = Number.POSITIVE_INFINITY;
  /** How many claims of a refused group are still to be tried one by one. */
  oneByOne = 0;
  private waiting: Pending[] = [];
  private hold: Hold = { untilMs: Number.NEGATIVE_INFINITY, largeUntilMs: Number.NEGATIVE_INFINITY };

  constructor(ref: BlockRef) {
    this.ref = ref;
  }

  get name(): string {
    return slotName(this.ref);
  }

  get hasWork(): boolean {
    return this.waiting.length > 0 || (this.marksAreDue && this.marks.waitingCount > 0);
  }

  get isIdle(): boolean {
    return !this.isBusy && this.waiting.length === 0 && this.marks.isEmpty;
  }

  /** Number of ids with an entry, in the block as it is known. */
  get entryCount(): number {
    return this.snapshot?.stored.block.cells.reduce((sum, cell) => sum + cell.length, 0) ?? 0;
  }

  /** Until when the block waits before its next commit, in milliseconds since 1970. Claims gather meanwhile. */
  get heldUntilMs(): number {
    if (this.isUrgent) return Number.NEGATIVE_INFINITY;
    return this.waiting.length >= largeGroup ? this.hold.largeUntilMs : this.hold.untilMs;
  }

  /** Lets claims gather after a commit, unless they are tried one by one. */
  rest(nowMs: number): void {
    if (this.oneByOne === 0) this.hold = { untilMs: nowMs + restMs, largeUntilMs: nowMs + minRestMs };
  }

  /** Waits after a conflict. */
  backOff(untilMs: number): void {
    this.hold = { untilMs, largeUntilMs: untilMs };
  }

  add(pending: Pending): void {
    this.waiting.push(pending);
  }

  /** Rejects the claims whose delivery was given up: it comes again. */
  rejectOverdue(nowMs: number, error: () => Error): void {
    if (!this.waiting.some(({ deadlineMs }) => deadlineMs <= nowMs)) return;
    for (const pending of this.waiting) if (pending.deadlineMs <= nowMs) pending.reject(error());
    this.waiting = this.waiting.filter(({ deadlineMs }) => deadlineMs > nowMs);
  }

  /** Takes what waits, and applies it to the block as it is known. */
  takeGroup(before: Snapshot): Group {
    const pending = this.oneByOne > 0 ? this.waiting.slice(0, 1) : this.waiting;
    const marks = this.marks.take();
    const { block, verdicts } = applyClaims(
      applyMarks(before.stored.block, marks),
      pending.map(({ claim }) => claim),
    );
    this.waiting = this.waiting.slice(pending.length);
    this.oneByOne = Math.max(0, this.oneByOne - 1);
    this.marksAreDue = false;
    this.isUrgent = false;
    return { slot: this, pending, markCount: marks.length, before, block, verdicts };
  }

  /** Remembers the block that was just written. */
  written(stored: StoredBlock, asOf: number): void {
    this.snapshot = { stored, asOf };
    this.marks.settle();
  }

  /** Puts the claims and marks of a group that met a conflict in front of what came since. */
  putBack(group: Group): void {
    this.marksAreDue ||= group.markCount > 0;
    this.marks.putBack();
    this.readAgainFor(group.pending);
  }

  /** Puts claims in front of what came since, to be judged by a read that begins now. */
  readAgainFor(pending: readonly Pending[]): void {
    this.waiting = [...pending, ...this.waiting];
    this.snapshot = undefined;
  }

  /** Rejects all claims that wait, and drops the marks. @returns How many marks are lost. */
  rejectAll(error: Error): number {
    for (const pending of this.waiting) pending.reject(error);
    this.waiting = [];
    this.oneByOne = 0;
    return this.marks.clear();
  }
}

export function slotName({ stream, index }: BlockRef): string {
  return `${stream}/${index}`;
}
