import type { Catalog } from '../catalog-definition.ts';
import type { GapLedger } from '../ports.ts';
import { blockIndex } from '../tracking/block.ts';
import { amendGap } from './amend.ts';
import { withDenied } from './answers.ts';
import { isTooLong } from './expected-ids.ts';

interface DenyDeps {
  readonly ledger: GapLedger;
  readonly catalog: Catalog;
}

/**
 * Records in the gaps of a stream that the producer declared inferred ids void. A row that is too long, or that
 * records a reset, is left out: the ids were inferred for a short gap in its range, and count once.
 *
 * @param ids Ascending.
 */
export async function denyInferred(
  { ledger, catalog }: DenyDeps,
  stream: string,
  ids: readonly number[],
): Promise<void> {
  const settings = catalog.stream(stream);
  for (const index of new Set(ids.map(blockIndex))) {
    const { gaps } = await ledger.overlapping({ stream, index });
    for (const { value } of gaps)
      if (!value.isReset && !isTooLong(value, settings))
        await amendGap(ledger, stream, value.from, (gap) => withDenied(gap, ids));
  }
}
