import type { Gap } from '../../shared/gaps/gap.ts';
import { isUnresolved } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { intersection, overlap, sizeOf, type Range } from '../../shared/gaps/range.ts';
import { heldIn, type Totals } from '../../shared/tracking/totals.ts';

/**
 * The books of one stream, from one reading of it. They balance if every id of the range is in exactly one place.
 *
 *     from ─────────────────────────── scanned ─────────── to
 *      held: clean · suspect · reconstructed · closed         by the totals of the blocks
 *      missing · given up               not looked at yet     by the rows of the ledger and the cells that they name
 *
 * The audit proves the ids up to `scanned`. There the blocks and the ledger must add up, although different functions
 * write them. Above `scanned`, no sweep has looked for empty ids yet.
 */
export interface StreamBooks {
  /** The first id of the stream, or the lowest id that cannot have been forgotten, whichever is higher. */
  readonly from: number;
  /** The highest id that was ever seen. */
  readonly to: number;
  /** The highest id up to which the ledger has every hole. It is `from - 1` if nothing can be proved yet. */
  readonly scanned: number;
  readonly held: Totals;
  /** Ids without an entry in gaps that are `open` or `requested`. */
  readonly missing: number;
  /** Ids without an entry in gaps that are `abandoned`. */
  readonly givenUp: number;
  /** Ids without an entry above `scanned`. */
  readonly notLookedAt: number;
  /** How many ids of the proved range came while the books were read. */
  readonly moved: number;
}

/**
 * Returns the number of ids that are in no place. It is negative if ids are in two places. Ids that came while the
 * books were read may explain a positive difference, so they are subtracted.
 */
export function difference({ from, to, held, missing, givenUp, notLookedAt, moved }: StreamBooks): number {
  const off = sizeOf({ from, to }) - heldIn(held) - missing - givenUp - notLookedAt;
  return off > 0 ? Math.max(0, off - moved) : off;
}

/** Whether the stream has ids, but none of them is proved. */
export function isUnproved({ from, to, scanned }: StreamBooks): boolean {
  return scanned < from && from <= to;
}

/**
 * Counts the ids that are missing in gaps: in unresolved gaps, and in abandoned gaps. Other gaps do not count, because
 * no id may be missing in them.
 */
export function countEmptyIds(
  gaps: readonly Gap[],
  coverages: readonly RangeCoverage[],
): { readonly missing: number; readonly givenUp: number } {
  const empty = { missing: 0, givenUp: 0 };
  gaps.forEach((gap, i) => {
    const ids = coverages[i]?.missing ?? 0;
    if (isUnresolved(gap)) empty.missing += ids;
    else if (gap.state === 'abandoned') empty.givenUp += ids;
  });
  return empty;
}

/** Returns the parts of gaps that lie in a range, in the order of the gaps. */
export function partsIn(range: Range, gaps: readonly Gap[]): readonly Gap[] {
  return gaps.filter((gap) => overlap(gap, range)).map((gap) => ({ ...gap, ...intersection(gap, range) }));
}
