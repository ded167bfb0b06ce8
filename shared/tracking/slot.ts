import type { BlockRef, StoredBlock } from '../ports.ts';
import { applyClaims, applyMarks, type Mark } from './apply-claims.ts';
import { blockIndex, blockSize, emptyBlock, type Block } from './block.ts';
import type { BlockVerdict, Claim } from './claim.ts';
import { MarkQueue } from './mark-queue.ts';

/** A claim that waits for its verdict. */
export interface Pending {
  readonly claim: Claim;
  /** The number of the claim in the order of arrival, across all blocks. */
  readonly arrival: number;
  /** The deadline of its delivery, in milliseconds since 1970. */
  readonly deadlineMs: number;
  readonly resolve: (verdict: BlockVerdict) => void;
  readonly reject: (error: Error) => void;
}

/** A block as the instance knows it, with the age of this knowledge. */
export interface Snapshot {
  readonly stored: StoredBlock;
  /** All claims with a lower arrival number had arrived when the read or the write of this block began. */
  readonly asOf: number;
}

/** Claims and marks that are committed together, and the resulting block. */
export interface Group {
  readonly slot: Slot;
  readonly pending: readonly Pending[];
  readonly markCount: number;
  readonly before: Snapshot;
  readonly block: Block;
  /** A verdict for each claim, in the order of `pending`. */
  readonly verdicts: readonly BlockVerdict[];
}

/** How long a block rests after a commit, in milliseconds. Claims that arrive in this time share the next commit. */
const restMs = 100;
/** How long a block rests if a large group waits, in milliseconds. */
const minRestMs = 25;
/** The number of claims in a large group: a quarter of a block. */
const largeGroup = 64;

/** How long the first claims of a block that is not read gather, in milliseconds: as long as a read would take. */
const firstGatherMs = 15;

interface Hold {
  readonly untilMs: number;
  /** The earlier end of the hold if a large group waits. */
  readonly largeUntilMs: number;
  /** The still earlier end if the large group has as many claims as the block lacks ids: nothing else is to come. */
  readonly lastUntilMs: number;
}

const noHold: Hold = {
  untilMs: Number.NEGATIVE_INFINITY,
  largeUntilMs: Number.NEGATIVE_INFINITY,
  lastUntilMs: Number.NEGATIVE_INFINITY,
};

/** One block in one instance: the known state of the block, and the claims and marks that wait for its next commit. */
export class Slot {
  readonly ref: BlockRef;
  readonly marks = new MarkQueue();
  /** Whether the block was ever in a round of this instance, as far as the instance remembers. */
  wasInRound = false;
  /** Whether a round with this block is running. */
  isBusy = false;
  /** Whether the marks must be written even if no claim comes. */
  marksAreDue = false;
  /** Whether the marks must be written even if the block rests or backs off. */
  isUrgent = false;
  /** Whether a timer for the marks is set. */
  hasMarkTimer = false;
  /** When the timer that ends the hold is due, in milliseconds since 1970. Infinity if no timer is set. */
  holdTimerAtMs = Number.POSITIVE_INFINITY;
  /** The number of claims of a refused group that are still to be tried one by one. */
  oneByOne = 0;
  private known: Snapshot | undefined;
  private entries = 0;
  private waiting: Pending[] = [];
  private hold = noHold;

  constructor(ref: BlockRef) {
    this.ref = ref;
  }

  get name(): string {
    return slotName(this.ref);
  }

  /** Undefined if the block must be read first. */
  get snapshot(): Snapshot | undefined {
    return this.known;
  }

  set snapshot(snapshot: Snapshot | undefined) {
    this.known = snapshot;
    this.entries = snapshot?.stored.block.cells.reduce((sum, cell) => sum + cell.length, 0) ?? 0;
  }

  get hasWork(): boolean {
    return this.waiting.length > 0 || (this.marksAreDue && this.marks.waitingCount > 0);
  }

  get hasClaims(): boolean {
    return this.waiting.length > 0;
  }

  get isIdle(): boolean {
    return !this.isBusy && this.waiting.length === 0 && this.marks.isEmpty;
  }

  /** The number of entries in the known block. */
  get entryCount(): number {
    return this.entries;
  }

  /** The end of the block's rest or backoff, in milliseconds since 1970. Claims gather until then. */
  get heldUntilMs(): number {
    if (this.isUrgent) return Number.NEGATIVE_INFINITY;
    const { length } = this.waiting;
    if (length < largeGroup) return this.hold.untilMs;
    const isLast = this.entries < blockSize && length + this.entries >= blockSize;
    return isLast ? this.hold.lastUntilMs : this.hold.largeUntilMs;
  }

  /** Starts the rest after a commit, unless claims are tried one by one. */
  rest(nowMs: number): void {
    if (this.oneByOne === 0) this.hold = { ...noHold, untilMs: nowMs + restMs, largeUntilMs: nowMs + minRestMs };
  }

  /** Lets the claims of a block that is probably new gather, as they would during a read. */
  gatherFirst(nowMs: number): void {
    if (this.hold === noHold)
      this.hold = { ...noHold, untilMs: nowMs + firstGatherMs, largeUntilMs: nowMs + firstGatherMs };
  }

  /** Starts the backoff after a conflict. */
  backOff(untilMs: number): void {
    this.hold = { untilMs, largeUntilMs: untilMs, lastUntilMs: untilMs };
  }

  add(pending: Pending): void {
    this.waiting.push(pending);
  }

  /** Rejects the claims whose deadline has passed. Their messages are delivered again. */
  rejectOverdue(nowMs: number, error: () => Error): void {
    if (!this.waiting.some(({ deadlineMs }) => deadlineMs <= nowMs)) return;
    for (const pending of this.waiting) if (pending.deadlineMs <= nowMs) pending.reject(error());
    this.waiting = this.waiting.filter(({ deadlineMs }) => deadlineMs > nowMs);
  }

  /**
   * Takes the block for one that is not stored, without reading it. Its claims are written on the condition that this is
   * so. A claim that changes nothing gets no verdict from it: no claim had arrived at the time `asOf`.
   */
  assumeNew(): void {
    const stored = { block: emptyBlock(this.ref.index), version: undefined, expireAtMs: Number.POSITIVE_INFINITY };
    this.snapshot = { stored, asOf: 0 };
  }

  /** Takes the waiting claims and marks, and applies them to the known block. */
  takeGroup(before: Snapshot): Group {
    const pending = this.oneByOne > 0 ? this.waiting.slice(0, 1) : this.waiting;
    const marks = this.marks.take();
    const { block, verdicts } = applyClaims(
      applyMarks(before.stored.block, marks),
      pending.map(({ claim }) => claim),
      this.ref.page,
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

  /** Puts back the claims and marks of a group that met a conflict. They go in front of newer ones. */
  putBack(group: Group): void {
    this.marksAreDue ||= group.markCount > 0;
    this.marks.putBack();
    this.readAgainFor(group.pending);
  }

  /** Puts back claims, in front of newer ones. They are judged again after the next read of the block. */
  readAgainFor(pending: readonly Pending[]): void {
    this.waiting = [...pending, ...this.waiting];
    this.snapshot = undefined;
  }

  /** Rejects all waiting claims, and drops the marks. @returns The number of lost marks. */
  rejectAll(error: Error): number {
    for (const pending of this.waiting) pending.reject(error);
    this.waiting = [];
    this.oneByOne = 0;
    return this.marks.clear();
  }
}

export function slotName({ stream, index, isBucket, page = '' }: BlockRef): string {
  return `${stream}/${isBucket ? 'bucket ' : ''}${index}~${page}`;
}

/** Returns the block, bucket or page that holds the entry of a claim or a mark. */
export function blockRefOf(
  stream: string,
  { eventId, place, page = '' }: Pick<Mark, 'eventId' | 'place' | 'page'>,
): BlockRef {
  const ref = { stream, index: blockIndex(eventId), ...(page !== '' && { page }) };
  return place === undefined ? ref : { ...ref, isBucket: true };
}
