import type { Gap } from '../../shared/gaps/gap.ts';
import type { GapLedger, Versioned } from '../../shared/ports.ts';

/** The number of gaps in a page. */
const gapsAPage = 500;

/** Gaps that were given up and that no letter lists yet, ascending. */
export interface UntoldRows {
  readonly rows: readonly Versioned<Gap>[];
  /** Whether there are no others. */
  readonly isAll: boolean;
}

/** Loads the lowest gaps that no letter lists yet, at most `limit`, until the time is over. */
export async function loadUntold(
  { ledger }: { readonly ledger: GapLedger },
  stream: string,
  limit: number,
  isTimeOver: () => boolean,
): Promise<UntoldRows> {
  const rows: Versioned<Gap>[] = [];
  let above: number | undefined;
  do {
    const { gaps, next } = await ledger.untold(stream, gapsAPage, above);
    rows.push(...gaps);
    if (next === undefined) return { rows: rows.slice(0, limit), isAll: rows.length <= limit };
    above = next;
  } while (rows.length < limit && !isTimeOver());
  return { rows: rows.slice(0, limit), isAll: false };
}
