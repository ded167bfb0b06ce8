import type { Block, Cell } from '../tracking/block.ts';
import { firstId } from '../tracking/block.ts';
import { hasInferenceBefore, isVoided } from '../tracking/entry.ts';
import type { Range } from './range.ts';

/** The way in which a missing id came to hold something. */
export type Came = 'filled' | 'voided' | 'reconstructed' | 'superseded';

/** The ids of a range that are missing, and the ways in which the others came. */
export interface RangeCoverage {
  readonly range: Range;
  /** How many ids have no entry. */
  readonly missing: number;
  /** The ids without an entry, ascending; where there are very many holes, the lowest. */
  readonly holes: readonly Range[];
  /** The ways in which the others came. */
  readonly came: ReadonlySet<Came>;
}

/** The most holes of a range that are listed: a range may have millions of ids. */
const maxHolesListed = 1_000;

/**
 * Finds what is missing in ranges of ids. An id is missing when it has no entry, and for no other reason; of blocks that do not
 * exist every id is.
 *
 *     ranges   [3 ─────── 9]   [12 ── 13]
 *     ids        · 4 5 · · 8 ·    ·  13
 *     holes      3     6–7   9    12
 */
export class HoleFinder {
  private readonly scans: readonly RangeScan[];
  private at = 0;

  /**
   * @param ranges Ascending, and apart from each other.
   * @param maxHoles The most holes of each range that are listed.
   */
  constructor(ranges: readonly Range[], maxHoles = maxHolesListed) {
    this.scans = ranges.map((range) => new RangeScan(range, maxHoles));
  }

  /** Takes in a block; blocks come in ascending order. */
  see(block: Block): void {
    const first = firstId(block.index);
    block.cells.forEach((cell, i) => {
      if (cell.length > 0) this.seeId(first + i, cell);
    });
  }

  /**
   * The coverage of each range, in the order of the ranges.
   *
   * @param below Only of ranges that end below this id: no block from there on was seen.
   */
  coverage(below = Number.POSITIVE_INFINITY): readonly RangeCoverage[] {
    return this.scans.filter(({ range }) => range.to < below).map((scan) => scan.coverage());
  }

  private seeId(id: number, cell: Cell): void {
    while (this.at < this.scans.length && (this.scans[this.at]?.range.to ?? 0) < id) this.at++;
    const scan = this.scans[this.at];
    if (scan && id >= scan.range.from) scan.see(id, cell);
  }
}

class RangeScan {
  readonly range: Range;
  private readonly maxHoles: number;
  private readonly holes: Range[] = [];
  private missing = 0;
  private readonly came = new Set<Came>();
  /** The lowest id not yet known to be there or missing. */
  private next: number;

  constructor(range: Range, maxHoles: number) {
    this.range = range;
    this.maxHoles = maxHoles;
    this.next = range.from;
  }

  see(id: number, cell: Cell): void {
    this.missUpTo(id - 1);
    this.next = id + 1;
    this.came.add(fillKind(cell));
  }

  coverage(): RangeCoverage {
    this.missUpTo(this.range.to);
    return { range: this.range, missing: this.missing, holes: this.holes, came: this.came };
  }

  private missUpTo(to: number): void {
    if (to < this.next) return;
    this.missing += to + 1 - this.next;
    if (this.holes.length < this.maxHoles) this.holes.push({ from: this.next, to });
    this.next = to + 1;
  }
}

function fillKind(cell: Cell): Came {
  if (cell.some((entry) => entry.state === 'clean' && hasInferenceBefore(entry))) return 'superseded';
  if (cell.some(({ state }) => state === 'reconstructed') || cell.some(hasInferenceBefore)) return 'reconstructed';
  return cell.length === 1 && cell.every(isVoided) ? 'voided' : 'filled';
}
