import type { Gap } from '../../shared/gaps/gap.ts';
import { isUnresolved } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { intersection, overlap, sizeOf, type Range } from '../../shared/gaps/range.ts';
import { heldIn, type Totals } from '../../shared/tracking/totals.ts';

/**
 * The books of one stream, as of one reading of it: every id of a range is in exactly one place.
 *
 *     from ─────────────────────────── scanned ─────────── to
 *      held: clean · suspect · reconstructed · closed         by the totals of the blocks
 *      missing · given up               not looked at yet     by the rows of the ledger and the cells that they name
 *
 * What is proved is the part up to `scanned`: there the blocks and the ledger, which are written by different functions, must
 * add up. Above it an empty id is one that nobody has looked for yet, by definition.
 */
export interface StreamBooks {
  /** The first id of the stream, or the lowest that cannot have been forgotten, if that is higher. */
  readonly from: number;
  /** The highest id that was ever seen. */
  readonly to: number;
  /** Up to where the ledger knows of every hole; `from - 1` where nothing can be proved yet. */
  readonly scanned: number;
  readonly held: Totals;
  /** Ids without an entry in gaps that are `open` or `requested`. */
  readonly missing: number;
  /** Ids without an entry in gaps that are `abandoned`. */
  readonly givenUp: number;
  /** Ids without an entry above `scanned`. */
  readonly notLookedAt: number;
  /** How many ids came into the proved range while it was read. */
  readonly moved: number;
}

/** Ids that are in no place (or, below 0, in two). What came while the books were read is given the benefit of the doubt. */
export function difference({ from, to, held, missing, givenUp, notLookedAt, moved }: StreamBooks): number {
  const off = sizeOf({ from, to }) - heldIn(held) - missing - givenUp - notLookedAt;
  return off > 0 ? Math.max(0, off - moved) : off;
}

/** Whether there are ids, and nothing is proved of any. */
export function isUnproved({ from, to, scanned }: StreamBooks): boolean {
  return scanned < from && from <= to;
}

/** How many ids are missing in gaps, by whether they are given up. What a resolved gap lacks is in neither: it must lack nothing. */
export function emptyIn(
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

/** The parts of gaps that lie in a range, ascending as they are. */
export function partsIn(range: Range, gaps: readonly Gap[]): readonly Gap[] {
  return gaps.filter((gap) => overlap(gap, range)).map((gap) => ({ ...gap, ...intersection(gap, range) }));
}
