import { InvariantError, RetryableError } from '../../shared/errors.ts';
import { amendGap } from '../../shared/gaps/amend.ts';
import { isTooLong } from '../../shared/gaps/expected-ids.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import { recount } from '../../shared/gaps/recount.ts';
import { spellUnreadable } from '../../shared/gaps/spell-unreadable.ts';
import type { StreamSettings } from '../../shared/stream-settings.ts';
import type { BlockRef, Versioned } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import type { TickDeps } from './deps.ts';
import { loadCoverages, loadLong } from './load-coverage.ts';

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
  const settings = catalog.stream(stream);
  const gaps = rows.gaps.filter(({ value }) => mayChange(value));
  const isLong = ({ value }: Versioned<Gap>): boolean => isTooLong(value, settings);
  await recountShort(
    deps,
    gaps.filter((gap) => !isLong(gap)),
    settings,
  );
  for (const { value } of gaps.filter(isLong)) await recountLong(deps, value, settings);
  if (rows.unreadable.length > 0)
    throw new InvariantError(`stream ${stream}: ${rows.unreadable.map(spellUnreadable).join('; ')}`);
}

/**
 * Whether events may still change a row. They cannot if all of its originals have come, or if it records a reset. But an
 * original that came after the deadline may still be refused.
 */
function mayChange({ state, isReset, lateOriginals = 0 }: Gap): boolean {
  return !isReset && ((state !== 'filled' && state !== 'superseded') || lateOriginals > 0);
}

async function recountShort(deps: TickDeps, gaps: readonly Versioned<Gap>[], settings: StreamSettings): Promise<void> {
  const { blocks, clock } = deps;
  const coverages = await loadCoverages(
    blocks,
    gaps.map(({ value }) => value),
    settings,
  );
  await runLimited(gaps, savesAtOnce, async (gap) => {
    const coverage = coverages.get(gap.value);
    if (coverage) await save(deps, gap, recount(gap.value, coverage, clock.now()));
  });
}

/**
 * Recounts a gap that is too long to be read for each late event. If instances record different counts at the same
 * time, the lowest one stays.
 */
async function recountLong({ blocks, ledger, clock }: TickDeps, gap: Gap, settings: StreamSettings): Promise<void> {
  const coverage = await loadLong(blocks, gap, settings);
  const now = clock.now();
  await amendGap(ledger, gap.stream, gap.from, (row) => (mayChange(row) ? recount(row, coverage, now) : row));
}

async function save({ ledger }: TickDeps, { value, version }: Versioned<Gap>, gap: Gap): Promise<void> {
  if (gap !== value && !(await ledger.save(gap, version)))
    throw new RetryableError('another instance recorded the gap at the same time');
}
