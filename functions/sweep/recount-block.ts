import { RetryableError } from '../../shared/errors.ts';
import { loadFillings } from '../../shared/gaps/fillings.ts';
import { recount, type Gap } from '../../shared/gaps/gap.ts';
import type { Filling } from '../../shared/gaps/holes.ts';
import { intersection, sizeOf, type Range } from '../../shared/gaps/range.ts';
import type { BlockRef } from '../../shared/ports.ts';
import { idsOf } from '../../shared/tracking/block.ts';
import type { SweepDeps } from './handler.ts';

/** Records what has come of the gaps that reach into a block: of resolved ones too, whose originals may come late. */
export async function recountBlock(deps: SweepDeps, { stream, index }: BlockRef): Promise<void> {
  const { ledger, clock } = deps;
  const ids = idsOf(index);
  const gaps = await ledger.overlapping(stream, ids);
  await Promise.all(
    gaps.map(async ({ value: gap, version }) => {
      const counted = recount(gap, await fillingOf(deps, gap, ids), clock.now());
      if (counted !== gap && !(await ledger.save(counted, version)))
        throw new RetryableError('a gap was recorded by another instance at the same time');
    }),
  );
}

/** What a gap holds: all of it, or, of one that is too long to be read for every block that something comes in, what is in that. */
async function fillingOf({ blocks, catalog }: SweepDeps, gap: Gap, block: Range): Promise<Filling> {
  const isWhole = sizeOf(gap) <= catalog.stream(gap.stream).maxGap;
  const [filling] = await loadFillings(blocks, gap.stream, [isWhole ? gap : intersection(gap, block)]);
  if (!filling) return { range: gap, missing: [gap], came: new Set() };
  return isWhole ? filling : { ...filling, range: gap, missing: [gap] };
}
