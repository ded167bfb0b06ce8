import { outlinesIn } from '../gaps/block-outline.ts';
import { stepOf } from '../gaps/expected-ids.ts';
import { isUnresolved, type Gap } from '../gaps/gap.ts';
import { loadEventsAround } from '../gaps/load-events.ts';
import { worstDoubt } from '../gaps/obstacle.ts';
import { sizeOf } from '../gaps/range.ts';
import { loadRangeCoverage } from '../gaps/range-coverage.ts';
import type { NumberedSettings } from '../gaps/reset.ts';
import { describeNumbers } from '../gaps/surroundings.ts';
import type { BlockStore } from '../ports.ts';
import { blockSize } from '../tracking/block.ts';

/** The present state of an unresolved gap, as the blocks show it. */
export interface UnresolvedGap {
  /** The number of ids that are missing now. */
  readonly missing: number;
  /** A description of the numbers around the gap, if it is doubtful: it does not look as if events were lost. */
  readonly doubt: string | undefined;
}

/** By the first id of the gap. */
export type UnresolvedGaps = ReadonlyMap<number, UnresolvedGap>;

/** The size of the longest gap that is looked at, because the blocks are read each time. */
const maxCountedIds = 4 * blockSize;

/**
 * Looks at the unresolved ones among some gaps. Gaps that are too long are left out. The blocks up to 1,024 ids from a
 * gap are read, each once.
 *
 * @param gaps Ascending by their first id.
 */
export async function loadUnresolved(
  blocks: BlockStore,
  stream: string,
  gaps: readonly Gap[],
  settings: NumberedSettings,
): Promise<UnresolvedGaps> {
  const counted = gaps.filter((gap) => isUnresolved(gap) && sizeOf(gap) <= maxCountedIds);
  const coverages = await loadRangeCoverage(blocks, stream, counted, stepOf(settings));
  const events = await loadEventsAround(outlinesIn(blocks), stream, counted);
  return new Map(
    coverages.map((coverage, i) => {
      const { range, missing } = coverage;
      // A reason that is recorded says more.
      const isJudged = counted[i]?.why === undefined;
      const isDoubtful = isJudged && worstDoubt(range, coverage, events, settings) === 'holes';
      const doubt = isDoubtful ? describeNumbers(range, events, settings) : undefined;
      return [range.from, { missing, doubt }];
    }),
  );
}
