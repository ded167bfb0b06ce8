import { sizeOf, type Range } from '../gaps/range.ts';
import { heldIn, type Totals } from '../tracking/totals.ts';

/**
 * The books of one front, from one reading of it. They balance if every expected id of the front is in exactly one
 * place.
 *
 *     from ─────────────────────────── scanned ─────────── to
 *      held: clean · suspect · reconstructed · closed         by the totals of the blocks
 *      missing · given up · assumed     not looked at yet     by the rows of the ledger and the cells that they name
 *
 * The audit proves the ids up to `scanned`. There the blocks and the ledger must add up, although different functions
 * write them. Above `scanned`, no sweep has looked for empty ids yet.
 */
export interface FrontBooks {
  readonly from: number;
  readonly to: number;
  /** The highest id up to which the ledger has every hole. It is `from - 1` if nothing can be proved yet. */
  readonly scanned: number;
  readonly held: Totals;
  /** Ids without an entry in gaps that are `open` or `requested`. */
  readonly missing: number;
  /** Ids without an entry in gaps that are `abandoned`. */
  readonly givenUp: number;
  /** Ids without an entry that are taken for void, because holes are normal in the stream. */
  readonly assumed: number;
  /** Ids without an entry above `scanned`. */
  readonly notLookedAt: number;
  /** Ids without an entry that are not expected, because the ids of the stream grow by a step. */
  readonly offStep: number;
  /** How many ids of the proved range came while the books were read. */
  readonly moved: number;
}

/**
 * Returns the number of ids that are in no place. It is negative if ids are in two places. Ids that came while the
 * books were read may explain a positive difference, so they are subtracted.
 */
export function difference({ moved, ...books }: FrontBooks): number {
  const { held, missing, givenUp, assumed, notLookedAt } = books;
  const off = countHeldOrExpected(books) - heldIn(held) - missing - givenUp - assumed - notLookedAt;
  return off > 0 ? Math.max(0, off - moved) : off;
}

/** Returns the number of ids that are expected, or that hold something. */
export function countHeldOrExpected({ from, to, offStep }: Pick<FrontBooks, 'from' | 'to' | 'offStep'>): number {
  return sizeOf({ from, to }) - offStep;
}

/** Whether nothing of the front is proved. */
export function isUnproved({ from, to, scanned }: Range & { readonly scanned: number }): boolean {
  return scanned < from && from <= to;
}
