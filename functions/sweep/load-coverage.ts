import type { StreamSettings } from '../../shared/stream-settings.ts';
import { noAnswers } from '../../shared/gaps/answers.ts';
import { countMissingIds } from '../../shared/gaps/count-missing-ids.ts';
import { isTooLong, stepOf } from '../../shared/gaps/expected-ids.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { loadRangeCoverage } from '../../shared/gaps/range-coverage.ts';
import type { BlockStore } from '../../shared/ports.ts';

type Reads = Pick<BlockStore, 'read' | 'scan' | 'totals'>;

/**
 * Loads the coverage of gaps. The blocks of short gaps are read, each once. Of a gap that is too long, the totals of its
 * blocks give the number of missing ids. Only if none is missing, it is read completely, to find out how its ids were
 * filled.
 *
 * @param gaps Ascending by their first id.
 * @param isTimeOver Ends the reading early.
 * @returns The coverage of each gap that was read in time.
 */
export async function loadCoverages(
  blocks: Reads,
  gaps: readonly Gap[],
  settings: StreamSettings,
  isTimeOver: () => boolean = () => false,
): Promise<ReadonlyMap<Gap, RangeCoverage>> {
  const short = gaps.filter((gap) => !isTooLong(gap, settings));
  const stream = gaps[0]?.stream ?? '';
  const read = await loadRangeCoverage(blocks, stream, short, stepOf(settings), isTimeOver);
  const coverages = new Map<Gap, RangeCoverage>();
  read.forEach((coverage, i) => {
    const gap = short[i];
    if (gap) coverages.set(gap, coverage);
  });
  for (const gap of gaps.filter((one) => isTooLong(one, settings))) {
    if (coverages.size > 0 && isTimeOver()) break;
    coverages.set(gap, await loadLong(blocks, gap, settings));
  }
  return coverages;
}

export async function loadLong(blocks: Reads, gap: Gap, settings: StreamSettings): Promise<RangeCoverage> {
  const step = stepOf(settings);
  const missing = await countMissingIds(blocks, gap.stream, gap, step);
  const [whole] = missing > 0 ? [] : await loadRangeCoverage(blocks, gap.stream, [gap], step);
  return whole ?? { range: gap, missing, holes: [gap], fills: new Map(), answers: noAnswers };
}
