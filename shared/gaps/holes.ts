import type { Block, Cell } from '../tracking/block.ts';
import { firstId } from '../tracking/block.ts';
import { hasInferenceBefore, isVoided } from '../tracking/entry.ts';
import { answerKind, type AnswerCounts } from './answers.ts';
import type { Range } from './range.ts';

/** The way in which an id of a gap was filled. */
export type FillKind = 'filled' | 'voided' | 'reconstructed' | 'superseded';

/** The missing ids of a range, and the ways in which the others were filled. */
export interface RangeCoverage {
  readonly range: Range;
  /** The number of ids without an entry. */
  readonly missing: number;
  /** The ranges of ids without an entry, ascending. If there are too many, only the lowest are listed. */
  readonly holes: readonly Range[];
  /** The ways in which the other expected ids were filled, each with the number of these ids. */
  readonly fills: ReadonlyMap<FillKind, number>;
  /** The numbers of expected ids that their producer answered. */
  readonly answers: AnswerCounts;
}

/** The maximum number of holes to list for a range. A range may have millions of ids. */
const maxHolesListed = 1_000;

/**
 * Finds the missing ids of ranges. An id is missing if it has no entry, and for no other reason. In a block that does
 * not exist, every id is missing.
 *
 *     ranges   [3 ─────── 9]   [12 ── 13]
 *     ids        · 4 5 · · 8 ·    ·  13
 *     holes      3     6–7   9    12
 */
export class HoleFinder {
  private readonly scans: readonly RangeScan[];
  /** The number of scans whose range has begun. */
  private begun = 0;
  /** The scans whose range contains the current id. */
  private current: RangeScan[] = [];

  /**
   * @param ranges Ascending by their first id. They may overlap.
   * @param step The distance of two expected ids. The first id of each range is expected.
   * @param maxHoles The maximum number of holes to list for each range.
   */
  constructor(ranges: readonly Range[], step = 1, maxHoles = maxHolesListed) {
    this.scans = ranges.map((range) => new RangeScan(range, step, maxHoles));
  }

  /** Scans a block. Blocks must come in ascending order. */
  see(block: Block): void {
    const first = firstId(block.index);
    block.cells.forEach((cell, i) => {
      if (cell.length > 0) this.seeId(first + i, cell);
    });
  }

  /**
   * Returns the coverage of each range, in the order of the ranges.
   *
   * @param below Returns only the first ranges that end below this id, because the blocks from there on were not
   * scanned.
   */
  coverage(below = Number.POSITIVE_INFINITY): readonly RangeCoverage[] {
    const end = this.scans.findIndex(({ range }) => range.to >= below);
    return this.scans.slice(0, end < 0 ? undefined : end).map((scan) => scan.coverage());
  }

  private seeId(id: number, cell: Cell): void {
    for (; (this.scans[this.begun]?.range.from ?? Number.POSITIVE_INFINITY) <= id; this.begun++)
      this.current.push(...this.scans.slice(this.begun, this.begun + 1));
    if (this.current.some(({ range }) => range.to < id))
      this.current = this.current.filter(({ range }) => range.to >= id);
    for (const scan of this.current) scan.see(id, cell);
  }
}

class RangeScan {
  readonly range: Range;
  private readonly step: number;
  private readonly maxHoles: number;
  private readonly holes: Range[] = [];
  private missing = 0;
  private readonly fills = new Map<FillKind, number>();
  private readonly answers = { originals: 0, voids: 0 };
  /** The lowest id that was not scanned yet. */
  private next: number;

  constructor(range: Range, step: number, maxHoles: number) {
    this.range = range;
    this.step = step;
    this.maxHoles = maxHoles;
    this.next = range.from;
  }

  see(id: number, cell: Cell): void {
    this.missUpTo(id - 1);
    this.next = id + 1;
    // Only expected ids count. No other id can be missing.
    if ((id - this.range.from) % this.step !== 0) return;
    const fill = fillKind(cell);
    this.fills.set(fill, (this.fills.get(fill) ?? 0) + 1);
    const kind = answerKind(cell);
    if (kind) this.answers[kind]++;
  }

  coverage(): RangeCoverage {
    this.missUpTo(this.range.to);
    const { range, missing, holes, fills, answers } = this;
    return { range, missing, holes, fills, answers };
  }

  private missUpTo(to: number): void {
    if (to < this.next) return;
    const { step, range } = this;
    const first = range.from + Math.ceil((this.next - range.from) / step) * step;
    this.next = to + 1;
    if (first > to) return;
    this.missing += Math.floor((to - first) / step) + 1;
    if (step === 1) this.list({ from: first, to });
    else
      for (let id = first; id <= to && this.holes.length < this.maxHoles; id += step) this.list({ from: id, to: id });
  }

  private list(hole: Range): void {
    if (this.holes.length < this.maxHoles) this.holes.push(hole);
  }
}

function fillKind(cell: Cell): FillKind {
  if (cell.some((entry) => entry.state === 'clean' && hasInferenceBefore(entry))) return 'superseded';
  if (cell.some(({ state }) => state === 'reconstructed') || cell.some(hasInferenceBefore)) return 'reconstructed';
  return cell.length === 1 && cell.every(isVoided) ? 'voided' : 'filled';
}
