import type { BlockRef, StoredBlock } from '../ports.ts';
import { applyClaims, applyMarks, type Mark } from './apply-claims.ts';
import type { Block } from './block.ts';
import type { Claim, Verdict } from './claim.ts';

/** A claim whose verdict someone waits for. */
export interface Pending {
  readonly claim: Claim;
  /** Grows with arrival, over all blocks. */
  readonly arrival: number;
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (error: Error) => void;
}

/** Claims and marks on their way into the store together, and what they make of the block. */
export interface Group {
  readonly slot: Slot;
  readonly pending: readonly Pending[];
  readonly marks: readonly Mark[];
  readonly before: StoredBlock;
  readonly block: Block;
  readonly verdicts: readonly Verdict[];
}

/** What one instance holds of one block: what waits for it, and the block as last seen. */
export class Slot {
  readonly ref: BlockRef;
  /** The block as last read or written; undefined where it must be read first. */
  stored: StoredBlock | undefined;
  /** Read in this very round: only then may a verdict that changes nothing be believed. */
  isFresh = false;
  isBusy = false;
  /** Waits after a conflict, and gathers meanwhile. */
  isResting = false;
  /** A timer will send the marks. */
  marksAreTimed = false;
  /** Conflicts since the last success. */
  conflicts = 0;
  /** Claims a commit; 1 while a refused group is taken apart. */
  groupLimit = Number.POSITIVE_INFINITY;
  marksAreDue = false;
  private waiting: Pending[] = [];
  private marks: Mark[] = [];

  constructor(ref: BlockRef) {
    this.ref = ref;
  }

  get hasWork(): boolean {
    return this.waiting.length > 0 || (this.marksAreDue && this.marks.length > 0);
  }

  get isIdle(): boolean {
    return !this.isBusy && this.waiting.length === 0 && this.marks.length === 0;
  }

  add(pending: Pending): void {
    this.waiting.push(pending);
  }

  addMark(mark: Mark): void {
    this.marks.push(mark);
  }

  /** Takes what waits and applies it to the block as it is known. */
  takeGroup(before: StoredBlock): Group {
    const pending = this.waiting.slice(0, this.groupLimit);
    const { marks } = this;
    const { block, verdicts } = applyClaims(
      applyMarks(before.block, marks),
      pending.map(({ claim }) => claim),
    );
    this.waiting = this.waiting.slice(pending.length);
    this.marks = [];
    this.marksAreDue = false;
    return { slot: this, pending, marks, before, block, verdicts };
  }

  /** Puts a group back in front of what came since: it did not get in. */
  putBack(group: Group): void {
    this.waiting = [...group.pending, ...this.waiting];
    this.marks = [...group.marks, ...this.marks];
    this.marksAreDue ||= group.marks.length > 0;
    this.stored = undefined;
  }

  /** Gives up what waits. */
  giveUp(error: Error): void {
    for (const pending of this.waiting) pending.reject(error);
    this.waiting = [];
    this.marks = [];
  }
}
