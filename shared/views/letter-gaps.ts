import type { Gap } from '../gaps/gap.ts';
import { gapOfRoot, letterRootOf } from '../gaps/unrecoverable.ts';
import type { GapLedger } from '../ports.ts';

/** The rows of the ledger that a letter about gaps lists. */
export interface LetterGaps {
  readonly stream: string;
  /** The first id of the gap that names the letter. */
  readonly from: number;
  /** Those that are still given up, ascending, at most {@link maxLetterGaps}. */
  readonly gaps: readonly Gap[];
  /** Whether there may be more. */
  readonly isCut: boolean;
}

const maxLetterGaps = 50;
/** The number of rows that are read: other gaps may lie between those of the letter. */
const maxLetterRows = 1_000;

/** Loads the gaps of a letter that are still given up. @returns Undefined for a letter that is not about gaps. */
export async function loadLetterGaps(ledger: Pick<GapLedger, 'within'>, root: string): Promise<LetterGaps | undefined> {
  const naming = gapOfRoot(root);
  if (!naming) return undefined;
  const { stream, from } = naming;
  const found: Gap[] = [];
  let read = 0;
  for await (const { gaps } of ledger.within(stream, { from, to: Number.MAX_SAFE_INTEGER })) {
    found.push(
      ...gaps.map(({ value }) => value).filter((gap) => gap.state === 'abandoned' && letterRootOf(gap) === root),
    );
    read += gaps.length;
    if (found.length > maxLetterGaps || read > maxLetterRows) break;
  }
  const isCut = found.length > maxLetterGaps || read > maxLetterRows;
  return { stream, from, gaps: found.slice(0, maxLetterGaps), isCut };
}
