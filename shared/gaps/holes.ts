import type { Block, Cell } from '../tracking/block.ts';
import { firstId } from '../tracking/block.ts';
import { hasInferenceBefore, isVoided } from '../tracking/entry.ts';
import type { Range } from './range.ts';

/** In which way a missing id came to hold something. */
export type Came = 'filled' | 'voided' | 'reconstructed' | 'superseded';

/** What a range of ids holds by now. */
export interface Filling {
  readonly range: Range;
  /** The ids without an entry, ascending. */
  readonly missing: readonly Range[];
  /** In which ways the others came. */
  readonly came: ReadonlySet<Came>;
}

/**
 * Finds what is missing in ranges of ids. An id is missing when it has no entry, and for no other reason; of blocks that do not
 * exist every id is.
 *
 *     ranges   [3 ─────── 9]   [12 ── 13]
 *     ids        · 4 5 · · 8 ·    ·  13
 *     missing    3     6–7   9    12
 */
export class HoleFinder {
  private readonly watches: readonly Watch[];
  private at = 0;

  /** @param ranges Ascending, and apart from each other. */
  constructor(ranges: readonly Range[]) {
    this.watches = ranges.map((range) => new Watch(range));
  }

  /** Takes in a block; blocks come in ascending order. */
  see(block: Block): void {
    const first = firstId(block.index);
    block.cells.forEach((cell, i) => {
      if (cell.length > 0) this.seeId(first + i, cell);
    });
  }

  /** What each range holds, in the order of the ranges. */
  fillings(): readonly Filling[] {
    return this.watches.map((watch) => watch.filling());
  }

  private seeId(id: number, cell: Cell): void {
    while (this.at < this.watches.length && (this.watches[this.at]?.range.to ?? 0) < id) this.at++;
    const watch = this.watches[this.at];
    if (watch && id >= watch.range.from) watch.see(id, cell);
  }
}

class Watch {
  readonly range: Range;
  private readonly missing: Range[] = [];
  private readonly came = new Set<Came>();
  /** The lowest id not yet known to be there or missing. */
  private next: number;

  constructor(range: Range) {
    this.range = range;
    this.next = range.from;
  }

  see(id: number, cell: Cell): void {
    this.missUpTo(id - 1);
    this.next = id + 1;
    this.came.add(howItCame(cell));
  }

  filling(): Filling {
    this.missUpTo(this.range.to);
    return { range: this.range, missing: this.missing, came: this.came };
  }

  private missUpTo(to: number): void {
    if (to < this.next) return;
    this.missing.push({ from: this.next, to });
    this.next = to + 1;
  }
}

function howItCame(cell: Cell): Came {
  if (cell.some((entry) => entry.state === 'clean' && hasInferenceBefore(entry))) return 'superseded';
  if (cell.some(({ state }) => state === 'reconstructed') || cell.some(hasInferenceBefore)) return 'reconstructed';
  return cell.length === 1 && cell.every(isVoided) ? 'voided' : 'filled';
}
