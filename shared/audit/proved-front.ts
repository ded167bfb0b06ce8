import { frontsOf } from '../gaps/front.ts';
import type { Progress } from '../gaps/progress.ts';
import type { Range } from '../gaps/range.ts';

/** A front whose ids the audit proves, up to `scanned`. */
export interface ProvedFront extends Range {
  /** The highest id up to which the ledger has every hole. It is `from - 1` if there is none yet. */
  readonly scanned: number;
  /** The front, with the forgotten ids that adjoin it. These belonged to it before. */
  readonly reach: Range;
}

/** Returns the fronts of a stream, ascending. */
export function provedFronts(progress: Progress): readonly ProvedFront[] {
  return frontsOf(progress).map(({ first, last, scanned }) => ({
    from: first,
    to: last,
    scanned,
    reach: withAdjoining({ from: first, to: last }, progress.forgotten),
  }));
}

function withAdjoining({ from, to }: Range, forgotten: readonly Range[]): Range {
  const below = forgotten.find((range) => range.from < from && range.to >= from - 1);
  const above = forgotten.find((range) => range.to > to && range.from <= to + 1);
  return { from: below?.from ?? from, to: above?.to ?? to };
}
