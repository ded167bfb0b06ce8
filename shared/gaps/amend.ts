import { RetryableError } from '../errors.ts';
import type { GapLedger } from '../ports.ts';
import type { Gap } from './gap.ts';

/** The number of attempts if others write the row at the same time. */
const maxAttempts = 5;

/**
 * Changes the row of a gap, and tries again after a concurrent write. Does nothing if the ledger has no such gap, or if
 * the change returns the same gap.
 *
 * @throws RetryableError if every attempt meets a concurrent write.
 */
export async function amendGap(
  ledger: GapLedger,
  stream: string,
  from: number,
  change: (gap: Gap) => Gap,
): Promise<void> {
  for (let left = maxAttempts; left > 0; left--) {
    const found = await ledger.find(stream, from);
    const changed = found && change(found.value);
    if (!changed || changed === found.value || (await ledger.save(changed, found.version))) return;
  }
  throw new RetryableError('the row of a gap was written by others at every attempt');
}
