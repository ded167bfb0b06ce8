import { RetryableError } from '../errors.ts';
import type { GapLedger } from '../ports.ts';
import type { Gap } from './gap.ts';

/** How often a row is read again that somebody else has written in between. */
const tries = 5;

/**
 * Changes a gap's row, whoever else writes it at the same time. A gap that is not in the ledger, and one that the change leaves as it
 * is, are left alone.
 *
 * @throws RetryableError where it is written by others again and again.
 */
export async function amendGap(
  ledger: GapLedger,
  stream: string,
  from: number,
  change: (gap: Gap) => Gap,
): Promise<void> {
  for (let left = tries; left > 0; left--) {
    const found = await ledger.find(stream, from);
    const changed = found && change(found.value);
    if (!changed || changed === found.value || (await ledger.save(changed, found.version))) return;
  }
  throw new RetryableError('a gap keeps being recorded by others');
}
