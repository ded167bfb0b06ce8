import { InvariantError, RetryableError } from '../../shared/errors.ts';
import { amendGap } from '../../shared/gaps/amend.ts';
import { countMissingIds } from '../../shared/gaps/count-missing-ids.ts';
import { loadRangeCoverage } from '../../shared/gaps/range-coverage.ts';
import { recount, type Gap } from '../../shared/gaps/gap.ts';
import type { RangeCoverage } from '../../shared/gaps/holes.ts';
import { sizeOf } from '../../shared/gaps/range.ts';
import { spellUnreadable } from '../../shared/gaps/spell-unreadable.ts';
import type { BlockRef, BlockStore, Versioned } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { TickDeps } from './deps.ts';

/** The number of rows that are saved at a time. */
const savesAtOnce = 50;

/**
 * Recounts the gaps that contain ids of a block, also resolved ones, because originals may come late.
 *
 * @throws InvariantError for unreadable rows, after the other rows are recorded. The tick must come again, because
 * nothing else reports the late event.
 */
export async function recountBlock(deps: TickDeps, { stream, index }: BlockRef): Promise<void> {
  const { ledger, catalog } = deps;
  const rows = await ledger.overlapping({ stream, index });
  const gaps = rows.gaps.filter(({ value }) => mayChange(value));
  const isShort = ({ value }: Versioned<Gap>): boolean => sizeOf(value) <= catalog.stream(stream).maxGap;
  await recountShort(deps, stream, gaps.filter(isShort));
  for (const { value } of gaps.filter((gap) => !isShort(gap))) await recountLong(deps, value);
  if (rows.unreadable.length > 0)
    throw new InvariantError(`stream ${stream}: ${rows.unreadable.map(spellUnreadable).join('; ')}`);
}

/** Whether events may still change a gap's state. They cannot if all of its originals have come. */
function mayChange({ state }: Gap): boolean {
  return state !== 'filled' && state !== 'superseded';
}

async function recountShort(deps: TickDeps, stream: string, gaps: readonly Versioned<Gap>[]): Promise<void> {
  const { blocks, clock } = deps;
  const coverages = await loadRangeCoverage(
    blocks,
    stream,
    gaps.map(({ value }) => value),
  );
  await runLimited(gaps, savesAtOnce, async (gap, i) => {
    const coverage = coverages[i];
    if (coverage) await save(deps, gap, recount(gap.value, coverage, clock.now()));
  });
}

/**
 * Recounts a gap that is too long to be read for each late event. The totals of its blocks give the number of missing
 * ids. Only a gap without missing ids is read completely, to find out whether it is filled, voided or superseded. If
 * instances record different counts at the same time, the lowest one stays.
 */
async function recountLong({ blocks, ledger, clock }: TickDeps, gap: Gap): Promise<void> {
  const coverage = await loadLong(blocks, gap);
  const now = clock.now();
  await amendGap(ledger, gap.stream, gap.from, (row) => (mayChange(row) ? recount(row, coverage, now) : row));
}

async function loadLong(blocks: BlockStore, gap: Gap): Promise<Pick<RangeCoverage, 'missing' | 'fillKinds'>> {
  const missing = await countMissingIds(blocks, gap.stream, gap);
  const [coverage] = missing > 0 ? [] : await loadRangeCoverage(blocks, gap.stream, [gap]);
  return coverage ?? { missing, fillKinds: new Set() };
}

async function save({ ledger }: TickDeps, { value, version }: Versioned<Gap>, gap: Gap): Promise<void> {
  if (gap !== value && !(await ledger.save(gap, version)))
    throw new RetryableError('another instance recorded the gap at the same time');
}
