import { stepOf } from '../../shared/gaps/expected-ids.ts';
import { maxShortGap, type Gap } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { loadRangeCoverage } from '../../shared/gaps/range-coverage.ts';
import { sizeOf } from '../../shared/gaps/range.ts';
import { isDoubtReason } from '../../shared/gaps/surroundings.ts';
import type { BlockStore } from '../../shared/ports.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import { loadUnresolved } from '../../shared/views/unresolved-gaps.ts';
import type { ListedGap } from './books.ts';

/**
 * Lists the gaps of a file. Says of doubtful gaps what the numbers around them look like, also if they were not given up.
 *
 * @param gaps Ascending.
 */
export async function listGaps(
  blocks: BlockStore,
  stream: string,
  gaps: readonly Gap[],
  settings: StreamSettings,
): Promise<readonly ListedGap[]> {
  const coverages = await loadRangeCoverage(blocks, stream, gaps.filter(isShort), stepOf(settings));
  const byFirst = new Map(coverages.map((coverage) => [coverage.range.from, coverage]));
  const present = await loadUnresolved(blocks, stream, gaps, settings);
  return gaps.map((gap) => {
    const { from, to, state, inferred } = gap;
    const doubt = present.get(from)?.doubt;
    const why = gap.why ?? doubt;
    const isDoubtful = doubt !== undefined || (state === 'abandoned' && isDoubtReason(why ?? ''));
    return {
      from,
      to,
      state,
      missing: missingWhenFound(gap, byFirst.get(from), settings),
      ...(inferred !== undefined && { inferred }),
      ...(why !== undefined && { why }),
      ...(isDoubtful && { isDoubtful }),
    };
  });
}

/** Whether the missing ids of a gap are counted. */
function isShort(gap: Gap): boolean {
  return sizeOf(gap) <= maxShortGap;
}

/** Counts the expected ids of a gap that no producer's event and no void is about. No event comes late in a file. */
function missingWhenFound(gap: Gap, coverage: RangeCoverage | undefined, settings: StreamSettings): number {
  if (!coverage) return gap.missing ?? sizeOf(gap);
  const expected = Math.ceil(sizeOf(gap) / stepOf(settings));
  return expected - coverage.answers.originals - coverage.answers.voids;
}
