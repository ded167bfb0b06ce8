import { RetryableError } from '../../shared/errors.ts';
import { loadFillings } from '../../shared/gaps/fillings.ts';
import { recount, type Gap } from '../../shared/gaps/gap.ts';
import { intersection, sizeOf, type Range } from '../../shared/gaps/range.ts';
import type { BlockRef, Versioned } from '../../shared/ports.ts';
import { runLimited } from '../../shared/run-limited.ts';
import { idsOf } from '../../shared/tracking/block.ts';
import type { SweepDeps } from './handler.ts';

/** How many rows are saved at a time. */
const savesAtOnce = 50;

/** Records what has come of the gaps that reach into a block: of resolved ones too, whose originals may come late. */
export async function recountBlock(deps: SweepDeps, { stream, index }: BlockRef): Promise<void> {
  const { ledger, catalog } = deps;
  const ids = idsOf(index);
  const gaps = (await ledger.overlapping({ stream, index })).filter(({ value }) => mayChange(value));
  const isShort = ({ value }: Versioned<Gap>): boolean => sizeOf(value) <= catalog.stream(stream).maxGap;
  await recountShort(deps, stream, gaps.filter(isShort));
  for (const gap of gaps) if (!isShort(gap)) await recountLong(deps, gap, ids);
}

/** All of it has come, and nothing in it is inferred: that is how it stays. */
function mayChange({ state }: Gap): boolean {
  return state !== 'filled' && state !== 'superseded';
}

async function recountShort(deps: SweepDeps, stream: string, gaps: readonly Versioned<Gap>[]): Promise<void> {
  const { blocks, clock } = deps;
  const fillings = await loadFillings(
    blocks,
    stream,
    gaps.map(({ value }) => value),
  );
  await runLimited(gaps, savesAtOnce, async (gap, i) => {
    const filling = fillings[i];
    if (filling) await save(deps, gap, recount(gap.value, filling, clock.now()));
  });
}

/**
 * A gap that is too long to be read for every block that something comes in: what is in the block tells that something came, and not
 * whether all did.
 */
async function recountLong(deps: SweepDeps, gap: Versioned<Gap>, ids: Range): Promise<void> {
  const { blocks, clock } = deps;
  const [filling] = await loadFillings(blocks, gap.value.stream, [intersection(gap.value, ids)]);
  if (gap.value.state !== 'abandoned' || !filling || filling.came.size === 0) return;
  await save(deps, gap, { ...gap.value, cameLateAtMs: clock.now() });
}

async function save({ ledger }: SweepDeps, { value, version }: Versioned<Gap>, gap: Gap): Promise<void> {
  if (gap !== value && !(await ledger.save(gap, version)))
    throw new RetryableError('a gap was recorded by another instance at the same time');
}
