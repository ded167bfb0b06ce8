import { intercept, type Proceed } from '../../shared/embedded/intercept.ts';
import type { Gap } from '../../shared/gaps/gap.ts';
import type { GapLedger, GapRows, UnreadableGap, Versioned } from '../../shared/ports.ts';

/** Wraps a ledger so that some rows cannot be read. @param froms The first ids of these rows. */
export function withUnreadable(ledger: GapLedger, froms: readonly number[]): GapLedger {
  return intercept('ledger', ledger, async ({ method }, proceed) => {
    const answer = await proceed();
    if (method === 'within') return withRows(answer as IteratorResult<GapRows>, froms);
    const hasRows = method === 'unresolved' || method === 'overlapping' || method === 'list';
    return hasRows ? (apart(answer as GapRows<Gap | Versioned<Gap>>, froms) as Awaited<ReturnType<Proceed>>) : answer;
  });
}

function withRows(page: IteratorResult<GapRows>, froms: readonly number[]): IteratorResult<GapRows> {
  return page.done === true ? page : { ...page, value: apart(page.value, froms) };
}

function apart<Row extends Gap | Versioned<Gap>>(rows: GapRows<Row>, froms: readonly number[]): GapRows<Row> {
  const gapOf = (row: Row): Gap => ('value' in row ? row.value : row);
  const isUnreadable = (row: Row): boolean => froms.includes(gapOf(row).from);
  const unreadable = rows.gaps.filter(isUnreadable).map((row): UnreadableGap => {
    const { stream, from, to, state } = gapOf(row);
    return { stream, from, to, state, reason: 'foundAtMs: not a number' };
  });
  return {
    ...rows,
    gaps: rows.gaps.filter((row) => !isUnreadable(row)),
    unreadable: [...rows.unreadable, ...unreadable],
  };
}
