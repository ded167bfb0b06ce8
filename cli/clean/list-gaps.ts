import { stepOf } from '../../shared/gaps/expected-ids.ts';
import { isUnresolved, maxShortGap, type Gap } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { loadEventsAround } from '../../shared/gaps/load-events.ts';
import { loadRangeCoverage } from '../../shared/gaps/range-coverage.ts';
import { sizeOf } from '../../shared/gaps/range.ts';
import { describeNumbers, doubtOf } from '../../shared/gaps/surroundings.ts';
import type { BlockStore } from '../../shared/ports.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import type { ListedGap } from './books.ts';

/**
 * Lists the gaps of a file. Says what the numbers look like around a doubtful gap that was not given up, because nothing
 * is inferred.
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
  const events = await loadEventsAround(blocks, stream, gaps.filter(isUnresolved));
  return gaps.map((gap) => {
    const { from, to, state } = gap;
    const isDoubtful = isUnresolved(gap) && doubtOf(gap, 0, events, settings) === 'holes';
    const why = gap.why ?? (isDoubtful ? describeNumbers(gap, events, settings) : undefined);
    const missing = missingWhenFound(gap, byFirst.get(from), settings);
    return { from, to, state, missing, ...(why !== undefined && { why }) };
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
