import type { StreamSettings } from '../stream-settings.ts';
import { distanceOver } from '../gaps/expected-ids.ts';
import type { Gap } from '../gaps/gap.ts';
import { overlap } from '../gaps/range.ts';
import { spellUnreadable } from '../gaps/spell-unreadable.ts';
import type { GapLedger } from '../ports.ts';
import { gapPages } from '../gaps/ledger-pages.ts';
import type { ProvedFront } from './proved-front.ts';

/** The number of ids that a gap may have by today's settings and by the default of `maxGap`, at least. */
const minReach = 1_024;

export interface LedgerRows {
  /** Ascending by their first id. */
  readonly rows: readonly Gap[];
  /** Descriptions of the rows that cannot be read. */
  readonly unreadable: readonly string[];
}

/**
 * Loads the gaps in the fronts of a stream. Pages are read from the highest id down, to the lowest gap that can reach
 * into the lowest front. All gaps are held in memory.
 *
 * @param isWanted Leaves out the others.
 */
export async function loadLedgerRows(
  ledger: Pick<GapLedger, 'list'>,
  stream: string,
  fronts: readonly ProvedFront[],
  settings: StreamSettings,
  isWanted: (gap: Gap) => boolean = () => true,
): Promise<LedgerRows> {
  const rows: Gap[] = [];
  const unreadable: string[] = [];
  const lowest = Math.min(...fronts.map(({ reach }) => reach.from));
  const end = lowest - Math.max(minReach, distanceOver(settings.maxGap, settings));
  if (fronts.length === 0) return { rows, unreadable };
  for await (const page of gapPages(ledger, stream)) {
    rows.push(...page.gaps.filter((gap) => isWanted(gap) && fronts.some((front) => overlap(gap, front))));
    unreadable.push(...page.unreadable.map((row) => `ledger: ${spellUnreadable(row)}`));
    if (page.next !== undefined && page.next < end) break;
  }
  return { rows: rows.reverse(), unreadable };
}
