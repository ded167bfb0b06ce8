import type { Block, Cell } from './block.ts';
import type { Entry } from './entry.ts';

/**
 * Whether an entry is a revision: a clean event, while an earlier entry of its id holds an event with another key. An
 * operator's replacement is none, because it has the key of the event that it replaces.
 *
 *     key a clean    key b clean             b is a revision
 *     key a clean    key a clean, r1         none: r1 replaces a
 *     key a closed   key b clean             none: nothing was published for a
 */
export function isRevision(cell: Cell, entry: Entry): boolean {
  if (entry.state !== 'clean' || entry.replacement > 0) return false;
  const earlier = cell.slice(0, cell.indexOf(entry));
  return earlier.some(({ state, key }) => key !== entry.key && (state === 'clean' || state === 'suspect'));
}

/** Counts the revisions of a block. */
export function revisionsIn({ cells }: Pick<Block, 'cells'>): number {
  return cells.reduce((sum, cell) => sum + countRevisions(cell), 0);
}

/** Counts the revisions of one id. It takes linear time, because an id can have thousands of entries. */
export function countRevisions(cell: Cell): number {
  if (cell.length < 2) return 0;
  const earlierKeys = new Set<string>();
  let count = 0;
  for (const { state, key, replacement } of cell) {
    const hasOther = earlierKeys.size > 1 || (earlierKeys.size === 1 && !earlierKeys.has(key));
    if (state === 'clean' && replacement === 0 && hasOther) count++;
    if (state === 'clean' || state === 'suspect') earlierKeys.add(key);
  }
  return count;
}
