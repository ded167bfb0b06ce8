import type { Block, Cell } from './block.ts';
import type { EntryState } from './entry.ts';

/** The number of ids in each state. An id with several entries counts once, by its best entry. */
export type Totals = Readonly<Record<EntryState, number>>;

/** The states from best to worst. */
const bestFirst: readonly EntryState[] = ['clean', 'reconstructed', 'suspect', 'closed'];

export function totalsOf(cells: readonly Cell[]): Totals {
  const totals = { clean: 0, suspect: 0, reconstructed: 0, closed: 0 };
  for (const cell of cells) {
    const best = bestFirst.find((state) => cell.some((entry) => entry.state === state));
    if (best) totals[best]++;
  }
  return totals;
}

/** Counts the events in the cells of a bucket. Strangers share a cell, so each key counts once, by its best entry. */
export function eventTotalsOf(cells: readonly Cell[]): Totals {
  return totalsOf(cells.flatMap((cell) => [...new Set(cell.map(({ key }) => key))].map((key) => ofKey(cell, key))));
}

function ofKey(cell: Cell, key: Cell[number]['key']): Cell {
  return cell.filter((entry) => entry.key === key);
}

export function addTotals(all: readonly Totals[]): Totals {
  const sum = { clean: 0, suspect: 0, reconstructed: 0, closed: 0 };
  for (const totals of all) for (const state of bestFirst) sum[state] += totals[state];
  return sum;
}

/** Returns the number of ids with an entry. */
export function heldIn({ clean, suspect, reconstructed, closed }: Totals): number {
  return clean + suspect + reconstructed + closed;
}

/** Subtracts the totals of some cells from the totals of all. */
export function subtractTotals(all: Totals, others: Totals): Totals {
  return {
    clean: all.clean - others.clean,
    suspect: all.suspect - others.suspect,
    reconstructed: all.reconstructed - others.reconstructed,
    closed: all.closed - others.closed,
  };
}

/** Counts the entries of a block that are accepted and not known to be published. */
export function unpublishedIn({ cells }: Block): number {
  return cells.reduce((sum, cell) => sum + cell.filter(isUnpublished).length, 0);
}

/** Counts the entries of a block that are not known to be published, or are with verify. */
export function unsettledIn({ cells }: Block): number {
  return cells.reduce(
    (sum, cell) => sum + cell.filter((entry) => isUnpublished(entry) || entry.state === 'suspect').length,
    0,
  );
}

export function isUnpublished({ state, published }: Cell[number]): boolean {
  return !published && (state === 'clean' || state === 'reconstructed');
}
