import type { Block, Cell } from '../tracking/block.ts';
import { firstId } from '../tracking/block.ts';
import { hasInferenceBefore, isVoided } from '../tracking/entry.ts';
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
  /** The ways in which the other ids were filled. */
  readonly fillKinds: ReadonlySet<FillKind>;
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
  private current = 0;

  /**
   * @param ranges Ascending, without overlaps.
   * @param maxHoles The maximum number of holes to list for each range.
   */
  constructor(ranges: readonly Range[], maxHoles = maxHolesListed) {
    this.scans = ranges.map((range) => new RangeScan(range, maxHoles));
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
   * @param below Returns only ranges that end below this id, because the blocks from there on were not scanned.
   */
  coverage(below = Number.POSITIVE_INFINITY): readonly RangeCoverage[] {
    return this.scans.filter(({ range }) => range.to < below).map((scan) => scan.coverage());
  }

  private seeId(id: number, cell: Cell): void {
    while (this.current < this.scans.length && (this.scans[this.current]?.range.to ?? 0) < id) this.current++;
    const scan = this.scans[this.current];
    if (scan && id >= scan.range.from) scan.see(id, cell);
  }
}

class RangeScan {
  readonly range: Range;
  private readonly maxHoles: number;
  private readonly holes: Range[] = [];
  private missing = 0;
  private readonly fillKinds = new Set<FillKind>();
  /** The lowest id that was not scanned yet. */
  private next: number;

  constructor(range: Range, maxHoles: number) {
    this.range = range;
    this.maxHoles = maxHoles;
    this.next = range.from;
  }

  see(id: number, cell: Cell): void {
    this.missUpTo(id - 1);
    this.next = id + 1;
    this.fillKinds.add(fillKind(cell));
  }

  coverage(): RangeCoverage {
    this.missUpTo(this.range.to);
    return { range: this.range, missing: this.missing, holes: this.holes, fillKinds: this.fillKinds };
  }

  private missUpTo(to: number): void {
    if (to < this.next) return;
    this.missing += to + 1 - this.next;
    if (this.holes.length < this.maxHoles) this.holes.push({ from: this.next, to });
    this.next = to + 1;
  }
}

function fillKind(cell: Cell): FillKind {
  if (cell.some((entry) => entry.state === 'clean' && hasInferenceBefore(entry))) return 'superseded';
  if (cell.some(({ state }) => state === 'reconstructed') || cell.some(hasInferenceBefore)) return 'reconstructed';
  return cell.length === 1 && cell.every(isVoided) ? 'voided' : 'filled';
}
