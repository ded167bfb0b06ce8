import { stepOf } from '../../shared/gaps/expected-ids.ts';
import { outlinesIn } from '../../shared/gaps/block-outline.ts';
import { loadEventsAround } from '../../shared/gaps/load-events.ts';
import { maxShortGap, type Gap } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { loadRangeCoverage } from '../../shared/gaps/range-coverage.ts';
import { sizeOf } from '../../shared/gaps/range.ts';
import { unexplainedIn } from '../../shared/gaps/unexplained.ts';
import { isDoubtReason } from '../../shared/gaps/surroundings.ts';
import type { NumberedSettings } from '../../shared/gaps/reset.ts';
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
  const listed = gaps.map((gap): ListedGap => {
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
  const events = await loadEventsAround(outlinesIn(blocks), stream, listed.filter(isDoubtfulGap));
  return listed.map((gap) =>
    gap.isDoubtful ? { ...gap, ...idsOf(gap, byFirst.get(gap.from), events, settings) } : gap,
  );
}

function isDoubtfulGap({ isDoubtful }: ListedGap): boolean {
  return isDoubtful === true;
}

/** Returns the missing ids of a doubtful gap, and those that the pattern of the numbers does not explain. */
function idsOf(
  gap: ListedGap,
  coverage: RangeCoverage | undefined,
  events: readonly number[],
  settings: NumberedSettings,
): Pick<ListedGap, 'holes' | 'unexplained'> {
  if (!coverage) return {};
  const { holes } = coverage;
  const unexplained = unexplainedIn(gap, holes, events, settings);
  return { holes, ...(unexplained && { unexplained }) };
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
